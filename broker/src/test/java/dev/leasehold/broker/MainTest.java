package dev.leasehold.broker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MainTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @TempDir Path folder;

  @Test
  void wordsThatMakeNoSenseAreAUsageError() {
    for (List<String> words :
        List.of(
            List.<String>of(),
            List.of("serv"),
            List.of("check"),
            List.of("check", "--config"),
            List.of("check", "--config", ""),
            List.of("check", "--config", "a", "--config", "b"),
            List.of("check", "--config", "a", "--offline"),
            List.of("check", "--config", "a", "b"),
            List.of("check", "--config", "a\0b"),
            List.of("vault", "--config", "a"),
            List.of("vault", "destroy", "--config", "a"),
            List.of("vault", "plan"),
            List.of("audit", "show"),
            List.of("audit", "verify"))) {
      // When
      err.reset();
      int status = run(words);

      // Then
      assertEquals(64, status, words.toString());
      assertFalse(text(err).isEmpty());
      assertFalse(text(err).contains("\tat "), text(err));
    }
  }

  @Test
  void aRefusedConfigurationIsListedWithItsPlaces() throws Exception {
    // Given
    Path file = Files.writeString(folder.resolve("c.yaml"), "apiVersion: v2\nlisten: 5\n");

    // When
    int status = run(List.of("check", "--config", file.toString()));

    // Then
    assertEquals(78, status);
    assertTrue(text(err).contains(file + ":1: error: apiVersion: must be"), text(err));
    assertTrue(text(err).contains(file + ":2: error: listen: must be"), text(err));
    assertTrue(text(err).contains("identity: missing"), text(err));
    assertEquals("", text(out));
  }

  @Test
  void aFileThatIsNotThereIsARefusedConfiguration() {
    assertEquals(78, run(List.of("check", "--config", folder.resolve("none").toString())));
    assertEquals(78, run(List.of("vault", "plan", "--config", folder.toString())));
  }

  @Test
  void helpNamesEveryCommand() {
    // When
    int status = run(List.of("help"));

    // Then
    assertEquals(0, status);
    for (String command : List.of("serve", "check", "run", "vault", "audit", "version", "help")) {
      assertTrue(text(out).contains("\n  " + command), command);
    }
  }

  @Test
  void versionSaysWhatItRunsOn() {
    // When
    int status = run(List.of("version"));

    // Then
    assertEquals(0, status);
    for (String what : List.of("leasehold ", "java 25", "netty 4.", "openssl ")) {
      assertTrue(text(out).lines().anyMatch(line -> line.startsWith(what)), text(out));
    }
  }

  private int run(List<String> words) {
    return Main.run(
        words,
        new Console(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            Map.of()));
  }

  private static String text(ByteArrayOutputStream stream) {
    return stream.toString(StandardCharsets.UTF_8);
  }
}
