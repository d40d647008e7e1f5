package dev.leasehold.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.leasehold.testbed.Testbed;
import dev.leasehold.testbed.server.Account;
import dev.leasehold.testbed.server.FreePorts;
import dev.leasehold.testbed.server.ServerProcess;
import dev.leasehold.testbed.sidecar.Distribution;
import dev.leasehold.testbed.sidecar.Ran;
import dev.leasehold.testbed.sidecar.Sidecar;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * A Leasehold as its users run it: the distribution's program, with every check, metric and audit
 * line that is on by default, set up by its own commands.
 */
final class Subject {
  private static final String NAME = "bench";
  private static final String SPIFFE_ID = "spiffe://example.org/leasehold/" + NAME;
  private static final String AGENT = "spiffe://example.org/agent/" + NAME;

  /** As root the sidecar gets a uid of its own. */
  private static final int UID = Account.uid() == 0 ? 61001 : Account.uid();

  private final Testbed testbed;
  private final Path folder;
  private final Distribution distribution;
  private final int proxyPort = FreePorts.next();
  private final int controlPort = FreePorts.next();
  private final int adminPort = FreePorts.next();
  private final String callerToken = UUID.randomUUID().toString();
  private int starts;

  private Subject(Testbed testbed, Path folder, Distribution distribution) {
    this.testbed = testbed;
    this.folder = folder;
    this.distribution = distribution;
  }

  /**
   * Writes its configuration and sets Vault up for it.
   *
   * @param rules the sections {@code destinations} and {@code credentials}, with one destination
   *     {@code target}
   */
  static Subject prepare(Testbed testbed, String rules) {
    try {
      Path folder = Files.createDirectory(testbed.folder().resolve("subject"));
      Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
      Distribution distribution = Distribution.built();
      if (Account.uid() == 0) {
        distribution = distribution.forEverybody(folder);
      }
      Subject subject = new Subject(testbed, folder, distribution);
      subject.write(rules);
      return subject;
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  private void write(String rules) throws IOException {
    for (String part : List.of("run", "state", "log")) {
      own(Files.createDirectory(folder.resolve(part)));
    }
    Files.copy(testbed.vault().caFile(), folder.resolve("vault-ca.pem"));
    Path token = Files.writeString(folder.resolve("caller.token"), callerToken);
    Files.setPosixFilePermissions(token, PosixFilePermissions.fromString("rw-------"));
    own(token);
    Path bundle = Files.writeString(folder.resolve("bundle.pem"), testbed.identity().bundlePem());
    Files.writeString(config(), configuration() + rules);
    testbed.identity().register(SPIFFE_ID, UID, NAME, Duration.ofHours(1));
    Ran.command(
            distribution.command(
                Account.uid(),
                List.of(
                    "vault",
                    "apply",
                    "--config",
                    config().toString(),
                    "--bundle",
                    bundle.toString())),
            Map.of("VAULT_TOKEN", testbed.vault().adminToken()))
        .orThrow();
  }

  private static void own(Path path) throws IOException {
    Files.setAttribute(path, "unix:uid", UID);
  }

  private Path config() {
    return folder.resolve("config.yaml");
  }

  private String configuration() {
    return """
    apiVersion: leasehold.dev/v1
    identity: {workload-api: "%1$s", spiffe-id: "%2$s"}
    vault:
      address: %3$s
      ca: file:%4$s/vault-ca.pem
      login: {method: cert, mount: auth/cert, role: leasehold-bench}
      heartbeat: {role: leasehold-bench-heartbeat, ttl: 60s}
    listen: {proxy: "127.0.0.1:%5$d", admin: "127.0.0.1:%6$d"}
    control:
      address: 127.0.0.1:%7$d
      unsafe-same-uid: %8$s
      callers:
        - {token-file: "%4$s/caller.token", agent: "%9$s", may: [open], kinds: [load]}
    runtime-dir: %4$s/run
    state-dir: %4$s/state
    audit: {file: %4$s/log/audit.jsonl}
    tasks:
      load:
        agents: ["%9$s"]
        ttl: 30m
        max-open: 50
        vault: {role: leasehold-bench-load}
        destinations: [target]
    """
        .formatted(
            testbed.identity().workloadApi(),
            SPIFFE_ID,
            testbed.vault().address(),
            folder,
            proxyPort,
            adminPort,
            controlPort,
            UID == Account.uid(),
            AGENT);
  }

  /** Starts it on these processors and returns when it has said that it is ready. */
  ServerProcess serve(Cores cores) {
    starts++;
    List<String> command =
        distribution.command(UID, List.of("serve", "--config", config().toString()));
    ServerProcess process =
        testbed.keep(
            ServerProcess.start("leasehold-" + starts, folder, cores.pin(command), Map.of()));
    process.awaitReady("Leasehold is ready", () -> process.output().contains(Sidecar.READY));
    return process;
  }

  /** The task API as the one caller. */
  TaskApi tasks() {
    return new TaskApi(URI.create("http://127.0.0.1:" + controlPort), callerToken);
  }

  /** The call of {@code target} by a task. */
  Call call(JsonObject task, URI target) {
    String pair = task.getString("id") + ":" + task.getString("token");
    String basic = "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(UTF_8));
    return new Call(proxyPort, target, Map.of("Proxy-Authorization", basic));
  }
}
