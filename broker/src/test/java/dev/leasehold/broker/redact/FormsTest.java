package dev.leasehold.broker.redact;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.leasehold.broker.lease.SampleLease;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** A secret is known again in what programs make of it: docs/redaction.md says in which. */
final class FormsTest {
  /** With one of every character that any escaping treats in its own way. */
  private static final String SECRET = "aB1-._~ \"'\\/<>&+=!*()$,;:@?#%[]^{|}`z";

  private static String hex(String secret) {
    return HexFormat.of().formatHex(Answers.bytes(secret));
  }

  private static String html(String quote, String apostrophe) {
    return SECRET
        .replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", quote)
        .replace("'", apostrophe);
  }

  private static String byNumber(String text, String characters, String format) {
    StringBuilder all = new StringBuilder();
    text.chars()
        .forEach(
            c ->
                all.append(
                    characters.indexOf(c) < 0
                        ? String.valueOf((char) c)
                        : String.format(format, c)));
    return all.toString();
  }

  static Stream<String> writtenByOthers() throws Exception {
    String json = SECRET.replace("\\", "\\\\").replace("\"", "\\\"");
    String onlyBackslash = SECRET.replace("\\", "\\\\");
    String percent = URLEncoder.encode(SECRET, StandardCharsets.UTF_8); // Java, forms
    return Stream.of(
        SECRET,
        hex(SECRET),
        hex(SECRET).toUpperCase(Locale.ROOT),
        percent,
        percent.replace("+", "%20").replace("*", "%2A").replace("%7E", "~"), // RFC 3986
        percent.replace("+", "%20").replace("*", "%2A").replace("%7E", "~").replace("%2F", "/"),
        percent.replace("*", "%2A"), // PHP
        percent
            .replace("+", "%20")
            .replace("%21", "!")
            .replace("%27", "'")
            .replace("%28", "(")
            .replace("%29", ")")
            .replace("%7E", "~"), // encodeURIComponent
        "%" + String.join("%", hex(SECRET).split("(?<=\\G..)", -1)).replaceAll("%$", ""),
        json,
        json.replace("/", "\\/"),
        byNumber(json, "<>&", "\\u%04x"),
        byNumber(json, "<>&", "\\u%04X"),
        byNumber(json, "<>&'=", "\\u%04x"),
        byNumber(onlyBackslash, "<>&'\"", "\\u%04X"),
        byNumber(onlyBackslash.replace("/", "\\/"), "<>&'\"", "\\u%04X"),
        byNumber(onlyBackslash, "<>&'\"+`", "\\u%04X"),
        html("\"", "'"),
        html("&quot;", "'"),
        html("&quot;", "&#39;"),
        html("&quot;", "&#x27;"),
        html("&quot;", "&#039;"),
        html("&quot;", "&apos;"),
        html("&#34;", "&#39;"),
        html("&quot;", "&#x27;").replace("/", "&#x2F;"),
        byNumber(SECRET, "&<>\"'", "&#%d;"),
        byNumber(SECRET, "&<>\"'", "&#x%x;"),
        byNumber(SECRET, "&<>\"'", "&#x%X;"),
        byNumber(SECRET, SECRET, "\\u%04x"),
        byNumber(SECRET, SECRET, "\\u%04X"),
        byNumber(SECRET, SECRET, "&#%d;"),
        byNumber(SECRET, SECRET, "&#x%x;"),
        byNumber(SECRET, SECRET, "&#x%X;"));
  }

  @ParameterizedTest
  @MethodSource("writtenByOthers")
  void secretIsKnownAsOtherProgramsWriteIt(String written) {
    // When
    String out = Answers.of(SECRET).whole("<" + written + ">");

    // Then
    assertEquals("<" + "*".repeat(written.length()) + ">", out);
  }

  @Test
  void everyPercentEncodingOfTheJdkIsKnown() throws Exception {
    // Given
    String secret = "with a space/and\"<quotes>";
    String path = new URI("http", "h", "/" + secret, null).getRawPath().substring(1);

    // When
    String out = Answers.of(secret).whole(path);

    // Then
    assertEquals("*".repeat(path.length()), out);
  }

  /** All of the base64 that is the secret's alone; at most one character at each end is not. */
  @ParameterizedTest
  @CsvSource({"0,0", "0,1", "0,2", "1,0", "1,1", "1,2", "2,0", "2,1", "2,2", "3,4", "7,9", "26,1"})
  void secretIsKnownWhereverItStandsInWhatWasEncoded(int before, int after) {
    // Given
    byte[] secret = Answers.bytes(SECRET + "~~~???"); // of which base64 makes '+' and '/' as well
    byte[] plain = new byte[before + secret.length + after];
    Arrays.fill(plain, (byte) 'u');
    System.arraycopy(secret, 0, plain, before, secret.length);
    Answers answers = Answers.of(Answers.text(secret));

    for (Base64.Encoder encoder :
        new Base64.Encoder[] {
          Base64.getEncoder(),
          Base64.getUrlEncoder(),
          Base64.getEncoder().withoutPadding(),
          Base64.getUrlEncoder().withoutPadding()
        }) {
      String encoded = encoder.encodeToString(plain);

      // When
      String out = answers.whole(encoded);

      // Then
      int from = (before * 8 + 5) / 6;
      int to = (before + secret.length) * 8 / 6;
      assertEquals("*".repeat(to - from), out.substring(from, to));
      assertEquals(encoded.substring(0, from), out.substring(0, from));
      assertEquals(encoded.length(), out.length());
    }
  }

  @Test
  void basicValueIsKnownAsAWhole() {
    // Given
    String pair = Base64.getEncoder().encodeToString(Answers.bytes("user:" + SECRET));

    // When
    String out = Answers.of(SECRET).whole("Basic " + pair);

    // Then
    String unpadded = pair.replace("=", "");
    assertEquals("Basic " + "*".repeat(unpadded.length()) + pair.substring(unpadded.length()), out);
  }

  @Test
  void base64IsKnownWhenItIsEscaped() {
    // Given
    String secret = "???~~~>>>???";
    String base64 = Base64.getEncoder().encodeToString(Answers.bytes(secret));
    String json = base64.replace("/", "\\/");
    String percent = URLEncoder.encode(base64, StandardCharsets.US_ASCII);
    assertTrue(base64.contains("/"));

    // When
    String out = Answers.of(secret).whole(json + " " + percent);

    // Then
    assertEquals("*".repeat(json.length()) + " " + "*".repeat(percent.length()), out);
  }

  @Test
  void usernameIsNoSecret() {
    // Given
    Answers answers = new Answers();
    SampleLease.bring(
        answers.leases,
        SampleLease.credential("any"),
        Map.of("username", "long-username", "password", "long-password"));

    // When
    String out = answers.whole("long-username long-password");

    // Then
    assertEquals("long-username *************", out);
  }

  @Test
  void plainSecretHasFewForms() {
    // When
    int forms = Answers.formsOf("A1a-mJ5nXw93kQzLmNo7").size();

    // Then
    assertTrue(forms < 40, "forms: " + forms);
  }
}
