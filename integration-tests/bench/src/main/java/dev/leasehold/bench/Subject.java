package dev.leasehold.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.leasehold.testbed.Testbed;
import dev.leasehold.testbed.VaultMounts;
import dev.leasehold.testbed.server.Account;
import dev.leasehold.testbed.server.FreePorts;
import dev.leasehold.testbed.server.ServerProcess;
import dev.leasehold.testbed.sidecar.Sidecar;
import dev.leasehold.testbed.sidecar.SidecarFolder;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * A Leasehold as its users run it: the distribution's program, with every check, metric and audit
 * line that is on by default, set up by its own commands.
 */
final class Subject {
  private static final String AGENT = "spiffe://example.org/agent/bench";

  private final String name;
  private final SidecarFolder folder;
  private final int proxyPort = FreePorts.next();
  private final int controlPort = FreePorts.next();
  private final int adminPort = FreePorts.next();
  private final String callerToken = UUID.randomUUID().toString();
  private int starts;

  private Subject(String name, SidecarFolder folder) {
    this.name = name;
    this.folder = folder;
  }

  /**
   * Writes its configuration and sets Vault up for it.
   *
   * @param rules the sections {@code destinations} and {@code credentials}
   * @param destinations their names
   */
  static Subject prepare(Testbed testbed, String rules, String... destinations) {
    return prepare("bench", testbed, rules, destinations);
  }

  /**
   * One of several.
   *
   * @param name its own
   */
  static Subject prepare(String name, Testbed testbed, String rules, String... destinations) {
    try {
      SidecarFolder folder = SidecarFolder.make(testbed, name);
      Subject subject = new Subject(name, folder);
      Path token = folder.path().resolve("caller.token");
      Files.writeString(token, subject.callerToken);
      Files.setPosixFilePermissions(token, PosixFilePermissions.fromString("rw-------"));
      folder.give(token);
      folder.setUp(subject.configuration(destinations) + rules);
      return subject;
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  /** The section {@code credentials} with one static bearer token, {@code token}. */
  static String bearerToken(String why) {
    return """
    credentials:
      token:
        vault: {read: kv/data/%s}
        inject: {bearer: "{token}"}
        revocability: static
        exception: {reason: "%s", until: 2100-01-01T00:00:00Z}
        owner: bench
        classification: internal
    """
        .formatted(VaultMounts.STATIC_SECRET, why);
  }

  /** The secret that is in {@link #bearerToken}. */
  static String tokenOf(Testbed testbed) {
    return testbed
        .vaultAdmin()
        .read("kv/data/" + VaultMounts.STATIC_SECRET)
        .data()
        .getJsonObject("data")
        .getString("token");
  }

  private String configuration(String... destinations) {
    return """
    apiVersion: leasehold.dev/v1
    identity: {workload-api: "%1$s", spiffe-id: "%2$s"}
    vault:
      address: %3$s
      ca: file:%4$s/vault-ca.pem
      login: {method: cert, mount: auth/cert, role: leasehold-%11$s}
      heartbeat: {role: leasehold-%11$s-heartbeat, ttl: 60s}
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
        vault: {role: leasehold-%11$s-load}
        destinations: [%10$s]
    """
        .formatted(
            folder.testbed().identity().workloadApi(),
            folder.spiffeId(),
            folder.testbed().vault().address(),
            folder.path(),
            proxyPort,
            adminPort,
            controlPort,
            SidecarFolder.UID == Account.uid(),
            AGENT,
            String.join(", ", destinations),
            name);
  }

  /** Starts it on these processors and returns when it has said that it is ready. */
  ServerProcess serve(Cores cores) {
    starts++;
    List<String> command =
        folder
            .distribution()
            .command(SidecarFolder.UID, List.of("serve", "--config", folder.config().toString()));
    ServerProcess process =
        folder
            .testbed()
            .keep(
                ServerProcess.start(
                    "leasehold-" + name + "-" + starts,
                    folder.path(),
                    cores.pin(command),
                    Map.of()));
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
