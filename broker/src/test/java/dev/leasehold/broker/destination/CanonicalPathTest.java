package dev.leasehold.broker.destination;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.leasehold.broker.destination.CanonicalPath.Result.Ambiguous;
import dev.leasehold.broker.destination.CanonicalPath.Result.Canonical;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class CanonicalPathTest {
  private static final int ROUNDS = 20_000;

  @ParameterizedTest
  @CsvSource({
    "/, /",
    "/a, /a",
    "/a/, /a/",
    "/a/b.json, /a/b.json",
    "/.well-known/x, /.well-known/x",
    "/..a/...b/c.., /..a/...b/c..",
    "/%41%7a%30%2D%2e%5f%7E, /Az0-._~",
    "/a%2eb, /a.b",
    "/a%20b%3f, /a%20b%3F",
    "/caf%c3%a9, /caf%C3%A9",
    "/%f0%9f%94%91, /%F0%9F%94%91",
    "/user@host:1=2+3, /user@host:1=2+3"
  })
  void everySpellingOfAPathBecomesTheSameOne(String raw, String canonical) {
    assertEquals(canonical, text(raw));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "a",
        "*",
        "http://other/a",
        "/..",
        "/.",
        "/../a",
        "/a/..",
        "/a/./b",
        "/a/../../b",
        "/%2e",
        "/%2e%2E/a",
        "/.%2e/a",
        "/a/%2E.",
        "/..;/a",
        "/..;x=y/a",
        "/a/..%3b/b",
        "//",
        "//a",
        "/a//b",
        "/a///",
        "/;a",
        "/a;b=c/d",
        "/a%3bb",
        "/a%3Bb",
        "/a\\b",
        "/..\\a",
        "/a%5cb",
        "/a%5C..%5Cb",
        "/a%2fb",
        "/a%2Fb",
        "/a/..%2fb",
        "/%2e%2e%2fa",
        "/a%00",
        "/a%00.json",
        "/a%0d%0aHost:%20x",
        "/a%09b",
        "/a%7f",
        "/%25",
        "/%252e%252e/a",
        "/a%252fb",
        "/%25%32%65",
        "/%",
        "/%4",
        "/a%",
        "/%zz",
        "/%-1",
        "/%+1",
        "/%u002e",
        "/%\uff12\uff10",
        "/a b",
        "/a\tb",
        "/a\0b",
        "/a\r\nb",
        "/a\u007fb",
        "/caf\u00e9",
        "/\uff0e\uff0e/a",
        "/a?b",
        "/a#b",
        "/a\"b",
        "/<a>",
        "/{a}",
        "/[a]",
        "/a|b",
        "/a^b",
        "/a`b"
      })
  void whatServersReadInSeveralWaysIsRefused(String raw) {
    assertInstanceOf(Ambiguous.class, CanonicalPath.parse(raw, false));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/%80",
        "/%bf",
        "/%ff",
        "/%fe%ff",
        "/%c3",
        "/%c3a",
        "/%c3/%a9",
        "/%c3%28",
        "/%e2%82",
        "/%e2%82a",
        "/%c0%af", // '/' in two bytes
        "/%c0%ae%c0%ae", // '..' in two bytes each
        "/%c1%9c",
        "/%e0%80%af",
        "/%e0%9f%bf",
        "/%f0%80%80%af",
        "/%f0%8f%bf%bf",
        "/%ed%a0%80", // a surrogate
        "/%ed%bf%bf",
        "/%f4%90%80%80", // beyond U+10FFFF
        "/%f5%80%80%80",
        "/%f8%88%80%80%80"
      })
  void overlongAndBrokenUtf8IsRefused(String raw) {
    assertInstanceOf(Ambiguous.class, CanonicalPath.parse(raw, false));
  }

  @Test
  void encodedSlashIsDataOnlyWhereItIsPermitted() {
    // When
    CanonicalPath path = canonical("/projects/group%2fname/issues", true);

    // Then
    assertEquals("/projects/group%2Fname/issues", path.text());
    assertEquals(List.of("projects", "group%2Fname", "issues"), path.segments());
    assertInstanceOf(Ambiguous.class, CanonicalPath.parse("/projects/group%2fname/issues", false));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/a/x%2f..%2f..%2fadmin",
        "/a/..%2fadmin",
        "/a/x%2F..",
        "/a/x%2f.%2fy",
        "/a/x%2f%2e%2e%2fadmin",
        "/a/x%5cy",
        "/a/x%3by",
        "/a/x%252fy",
        "/a/x%00y"
      })
  void permittedEncodedSlashPermitsNothingElse(String raw) {
    assertInstanceOf(Ambiguous.class, CanonicalPath.parse(raw, true));
  }

  @Test
  void segmentsAreWhatStandsBetweenTheSlashes() {
    assertEquals(List.of(""), canonical("/", false).segments());
    assertEquals(List.of("a", "b"), canonical("/a/%62", false).segments());
    assertEquals(List.of("a", ""), canonical("/a/", false).segments());
  }

  @Test
  void refusalNeverEchoesThePath() {
    for (String raw : List.of("/s3cret/../x", "/s3cret%00", "/s3cret;x", "/s3cret\\", "s3cret")) {
      Ambiguous refused = assertInstanceOf(Ambiguous.class, CanonicalPath.parse(raw, false));
      assertFalse(refused.reason().contains("s3cret"));
      assertFalse(refused.reason().isEmpty());
    }
  }

  @Test
  void canonicalPathIsItsOwnCanonicalFormAndHasNothingLeftToNormalise() {
    // Given
    Random random = new Random(20_261);
    String[] pieces = {
      "/",
      "/",
      "/",
      ".",
      "..",
      "a",
      "B",
      "~",
      "%2e",
      "%2E",
      "%2f",
      "%41",
      "%c3%a9",
      "%e2%82%ac",
      "%20",
      "%25",
      "%5c",
      "%3b",
      ";",
      "\\",
      "%00",
      "%",
      "@",
      ":",
      "+",
      " ",
      "?",
      "%c0%af",
      "%3F"
    };
    int accepted = 0;

    for (int round = 0; round < ROUNDS; round++) {
      StringBuilder raw = new StringBuilder("/");
      for (int n = random.nextInt(9); n > 0; n--) {
        raw.append(pieces[random.nextInt(pieces.length)]);
      }
      boolean encodedSlash = random.nextInt(4) == 0;

      // When
      if (!(CanonicalPath.parse(raw.toString(), encodedSlash) instanceof Canonical result)) {
        continue;
      }

      // Then
      accepted++;
      String text = result.path().text();
      assertEquals(text, canonical(text, encodedSlash).text());
      assertEquals(text, "/" + String.join("/", result.path().segments()));
      assertEquals(text, URI.create("http://h" + text).normalize().getRawPath());
      String decoded = "/" + decode(text) + "/";
      assertFalse(decoded.contains("/../") || decoded.contains("/./"), raw.toString());
      assertFalse(decoded.contains(";") || decoded.contains("\\"), raw.toString());
      assertTrue(decoded.chars().noneMatch(c -> c < 0x20 || c == 0x7f), raw.toString());
      assertTrue(encodedSlash || decode(text).equals(decode(raw.toString())));
    }
    assertTrue(accepted > ROUNDS / 20, "accepted " + accepted);
  }

  @Test
  void encodedBytesAreTakenExactlyWhenTheJdkTakesThemForUtf8() {
    Random random = new Random(20_262);
    int accepted = 0;
    for (int round = 0; round < ROUNDS; round++) {
      // Given
      byte[] bytes = new byte[1 + random.nextInt(5)];
      random.nextBytes(bytes);
      StringBuilder raw = new StringBuilder("/");
      for (int i = 0; i < bytes.length; i++) {
        if (random.nextInt(5) > 0) {
          bytes[i] |= (byte) 0x80; // else random bytes are hardly ever UTF-8
        }
        if (bytes[i] >= 0) {
          bytes[i] = 'x';
        }
        raw.append(String.format("%%%02x", bytes[i]));
      }

      // When
      boolean taken = CanonicalPath.parse(raw.toString(), false) instanceof Canonical;

      // Then
      assertEquals(isUtf8(bytes), taken, raw.toString());
      accepted += taken ? 1 : 0;
    }
    assertTrue(accepted > 100, "accepted " + accepted);
  }

  private static boolean isUtf8(byte[] bytes) {
    try {
      StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .decode(ByteBuffer.wrap(bytes));
      return true;
    } catch (CharacterCodingException malformed) {
      return false;
    }
  }

  private static String decode(String text) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '%') {
        out.write(Integer.parseInt(text.substring(i + 1, i + 3), 16));
        i += 2;
      } else {
        out.write(c);
      }
    }
    return out.toString(StandardCharsets.UTF_8);
  }

  private static String text(String raw) {
    return canonical(raw, false).text();
  }

  private static CanonicalPath canonical(String raw, boolean encodedSlash) {
    return switch (CanonicalPath.parse(raw, encodedSlash)) {
      case Canonical canonical -> canonical.path();
      case Ambiguous(String reason) -> fail("'" + raw + "' was refused: " + reason);
    };
  }
}
