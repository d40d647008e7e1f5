package dev.leasehold.broker.destination;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class PathPatternTest {
  @ParameterizedTest
  @CsvSource({
    "/, /",
    "/api, /api",
    "/api/, /api/",
    "/api/*, /api/x",
    "/api/*/publish, /api/shop/publish",
    "/*/*, /a/b",
    "/**, /",
    "/**, /a",
    "/**, /a/b/c/",
    "/api/**, /api/",
    "/api/**, /api/x/y/z",
    "/api/*/**, /api/x/y",
    "/a.b/**, /a.b/c",
    "/projects/*/issues, /projects/group%2Fname/issues"
  })
  void pathThatThePatternMeansMatches(String pattern, String path) {
    assertTrue(matches(pattern, path));
  }

  @ParameterizedTest
  @CsvSource({
    "/, /a",
    "/api, /api/",
    "/api, /API",
    "/api, /apix",
    "/api, /api/x",
    "/api/, /api",
    "/api/*, /api",
    "/api/*, /api/",
    "/api/*, /api/x/",
    "/api/*, /api/x/y",
    "/api/**, /api",
    "/api/**, /apix/y",
    "/api/**, /other/api/x",
    "/api/*/**, /api/x",
    "/a.b/**, /axb/c"
  })
  void pathThatThePatternDoesNotMeanDoesNot(String pattern, String path) {
    assertFalse(matches(pattern, path));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "api",
        "*",
        "**",
        "/a*",
        "/*a",
        "/a/b*c",
        "/a**",
        "/**/a",
        "/a/**/b",
        "/***",
        "//",
        "/a//b",
        "/a/../b",
        "/a/./b",
        "/a;b",
        "/a\\b",
        "/%41",
        "/%2e",
        "/a b",
        "/caf\u00e9",
        "/%c3%a9",
        "/a?b",
        "/a#b",
        "/%",
        "/a//**"
      })
  void patternThatCouldNeverMatchOrSeemsToMeanMoreIsRefused(String pattern) {
    assertThrows(IllegalArgumentException.class, () -> PathPattern.parse(pattern));
  }

  @Test
  void patternMatchesExactlyWhatItsRegularExpressionMatches() {
    Random random = new Random(20_263);
    String[] inPattern = {"a", "b", "*", "*", "a.b"};
    String[] inPath = {"a", "b", "c", "a.b"};
    int matched = 0;
    for (int round = 0; round < 20_000; round++) {
      // Given
      StringBuilder pattern = new StringBuilder();
      StringBuilder regex = new StringBuilder();
      for (int n = random.nextInt(4); n > 0; n--) {
        String segment = inPattern[random.nextInt(inPattern.length)];
        pattern.append('/').append(segment);
        regex.append('/').append(segment.equals("*") ? "[^/]+" : Pattern.quote(segment));
      }
      switch (random.nextInt(3)) {
        case 0 -> {
          pattern.append("/**");
          regex.append("/.*");
        }
        case 1 -> {
          pattern.append('/');
          regex.append('/');
        }
        default -> {
          if (pattern.isEmpty()) {
            continue;
          }
        }
      }
      StringBuilder path = new StringBuilder();
      for (int n = random.nextInt(5); n > 0; n--) {
        path.append('/').append(inPath[random.nextInt(inPath.length)]);
      }
      if (path.isEmpty() || random.nextInt(3) == 0) {
        path.append('/');
      }

      // When
      boolean matches = matches(pattern.toString(), path.toString());

      // Then
      assertEquals(Pattern.matches(regex.toString(), path), matches, pattern + " on " + path);
      matched += matches ? 1 : 0;
    }
    assertTrue(matched > 1000, "matched " + matched);
  }

  private static boolean matches(String pattern, String path) {
    return switch (CanonicalPath.parse(path, true)) {
      case CanonicalPath.Result.Canonical canonical ->
          PathPattern.parse(pattern).matches(canonical.path());
      case CanonicalPath.Result.Ambiguous(String reason) -> fail(path + " was refused: " + reason);
    };
  }

  @ParameterizedTest
  @CsvSource({
    "/a/**, /a/b, true",
    "/a/**, /a/**, true",
    "/a/**, /a/b/**, true",
    "/a/**, /a/*, true",
    "/a/**, /a, false",
    "/a/**, /**, false",
    "/a/**, /b/c, false",
    "/a/*, /a/b, true",
    "/a/*, /a/*, true",
    "/a/*, /a/**, false",
    "/a/*, /a/b/c, false",
    "/a/b, /a/*, false",
    "/a/b, /a/b, true",
    "/**, /a, true",
    "/**, /**, true",
    "/*/x, /a/x, true",
    "/*/x, /a/y, false"
  })
  void patternCoversWhatMatchesNothingElse(String wide, String narrow, boolean covers) {
    assertEquals(covers, PathPattern.parse(wide).covers(PathPattern.parse(narrow)));
  }
}
