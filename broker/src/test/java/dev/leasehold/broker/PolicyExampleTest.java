package dev.leasehold.broker;

import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.leasehold.broker.testing.IdProvider;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The example of a policy says what its own table of cases says that it does. */
final class PolicyExampleTest {
  private static final Path EXAMPLE = Path.of("..", "config-examples", "policy");

  @TempDir private Path folder;

  /** With this machine's folders in the places of those written there, and nothing else changed. */
  private Path config() throws Exception {
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
    Files.writeString(folder.resolve("vault-ca.pem"), "");
    Files.copy(EXAMPLE.resolve("signals.yml"), folder.resolve("signals.yml"), REPLACE_EXISTING);
    Files.copy(EXAMPLE.resolve("shop.cedar"), folder.resolve("shop.cedar"), REPLACE_EXISTING);
    Files.writeString(folder.resolve("id.jwks"), new IdProvider().keys());
    Path key = Files.writeString(folder.resolve("webhook.key"), "0".repeat(64));
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
    return Files.writeString(
        folder.resolve("config.yaml"),
        "runtime-dir: %1$s/run\nstate-dir: %1$s/state\n".formatted(folder)
            + Files.readString(EXAMPLE.resolve("config.yaml"))
                .replace("/etc/leasehold/", folder + "/")
                .replace("../../docs/", Path.of("..", "docs").toAbsolutePath() + "/"));
  }

  private int test(Path cases, Path config, ByteArrayOutputStream out) {
    PrintStream stream = new PrintStream(out, true, StandardCharsets.UTF_8);
    return Main.run(
        List.of("policy", "test", cases.toString(), "--config", config.toString()),
        new Console(stream, stream, Map.of()));
  }

  @Test
  void everyCaseOfTheTableComesOutAsItSays() throws Exception {
    // When
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    int status = test(EXAMPLE.resolve("cases.yml"), config(), out);

    // Then
    String said = out.toString(StandardCharsets.UTF_8);
    assertEquals(ExitStatus.DONE, status, said);
    assertTrue(said.contains("11 of 11 cases as expected"), said);
  }

  private String explain(String... more) throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    PrintStream stream = new PrintStream(out, true, StandardCharsets.UTF_8);
    List<String> words =
        new ArrayList<>(
            List.of(
                "policy",
                "explain",
                "--config",
                config().toString(),
                "--agent",
                "spiffe://example.org/agent/buyer",
                "--kind",
                "restock",
                "--purpose",
                "nightly restock",
                "--destination",
                "shop",
                "--path",
                "/stock/anvil"));
    words.addAll(List.of(more));
    Main.run(words, new Console(stream, stream, Map.of()));
    return out.toString(StandardCharsets.UTF_8);
  }

  @Test
  void anExplanationHasWhatEachEngineSaid() throws Exception {
    assertTrue(explain().contains("engine cedar: allows"));
    assertTrue(explain("--json").contains("{\"engine\":\"cedar\",\"says\":\"allows\"}"));
    assertFalse(explain("--rules-only").contains("cedar"));
  }

  @Test
  void tableNoticesAPolicyThatAllowsMore() throws Exception {
    // Given
    Path config = config();
    Files.writeString(
        config,
        Files.readString(config)
            .replace(
                "effect: deny, when: {methods: [DELETE]}",
                "effect: allow, when: {kinds: [restock], methods: [DELETE]}"));

    // When
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    int status = test(EXAMPLE.resolve("cases.yml"), config, out);

    // Then
    assertEquals(ExitStatus.NO, status);
    assertTrue(out.toString(StandardCharsets.UTF_8).contains("FAILED  nothing is deleted"));
  }
}
