package dev.leasehold.experiments;

import dev.leasehold.testbed.Testbed;
import dev.leasehold.testbed.VaultMounts;
import dev.leasehold.testbed.server.Account;
import dev.leasehold.testbed.server.FreePorts;
import dev.leasehold.testbed.sidecar.Sidecar;
import dev.leasehold.testbed.sidecar.SidecarFolder;
import dev.leasehold.testbed.tls.TestCa;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;

/** The Leasehold that an experiment is about: the distribution's program, as its users run it. */
final class Subject implements AutoCloseable {
  private static final String AGENT = "spiffe://example.org/agent/attacker";
  private static final Pattern RESIDENT = Pattern.compile("VmRSS:\\s*([0-9]+) kB");
  private static final Pattern PEAK = Pattern.compile("VmHWM:\\s*([0-9]+) kB");

  private final SidecarFolder folder;
  private final int proxyPort = FreePorts.next();
  private final int adminPort = FreePorts.next();
  private final Sidecar sidecar;

  private Subject(Ground ground, String id, String rules) throws IOException {
    Testbed testbed = ground.testbed();
    folder = SidecarFolder.make(testbed, id.toLowerCase(Locale.ROOT));
    Path path = folder.path();
    folder.setUp(configuration() + rules.replace("${folder}", path.toString()));
    sidecar =
        testbed
            .keep(
                Sidecar.start(
                    folder.distribution(),
                    SidecarFolder.UID,
                    folder.config(),
                    path.resolve("leasehold.log")))
            .awaitReady();
  }

  /**
   * Starts one.
   *
   * @param rules the configuration from {@code destinations} on, which the kind {@code attack} has
   *     all of; {@code ${folder}} stands for its folder
   * @param destinations their names
   */
  static Subject start(Ground ground, String id, List<String> destinations, String rules)
      throws IOException {
    return new Subject(
        ground,
        id,
        """
        tasks:
          attack:
            agents: ["%s"]
            ttl: 1h
            max-open: 100
            vault: {role: leasehold-%s-attack}
            destinations: [%s]
        """
                .formatted(AGENT, id.toLowerCase(Locale.ROOT), String.join(", ", destinations))
            + rules);
  }

  /** The section {@code credentials}: one bearer token for each of these names. */
  static String credentials(String... names) {
    StringBuilder section = new StringBuilder("credentials:\n");
    for (String name : names) {
      section.append(
          """
            %s:
              vault: {read: kv/data/%s}
              inject: {bearer: "{token}"}
              revocability: static
              exception: {reason: "an experiment", until: 2100-01-01T00:00:00Z}
              owner: experiments
              classification: internal
          """
              .formatted(name, name.equals("token") ? VaultMounts.STATIC_SECRET : name));
    }
    return section.toString();
  }

  private String configuration() {
    return """
    apiVersion: leasehold.dev/v1
    identity: {workload-api: "%1$s", spiffe-id: "%2$s"}
    vault:
      address: %3$s
      ca: file:%4$s/vault-ca.pem
      login: {method: cert, mount: auth/cert, role: leasehold-%5$s}
      heartbeat: {role: leasehold-%5$s-heartbeat, ttl: 60s}
    listen: {proxy: "127.0.0.1:%6$d", admin: "127.0.0.1:%7$d"}
    control:
      socket: %4$s/run/control.sock
      unsafe-same-uid: %8$s
      callers:
        - {uid: %9$d, agent: "%10$s", may: [open], kinds: [attack]}
    runtime-dir: %4$s/run
    state-dir: %4$s/state
    audit: {file: %4$s/log/audit.jsonl}
    """
        .formatted(
            folder.testbed().identity().workloadApi(),
            folder.spiffeId(),
            folder.testbed().vault().address(),
            folder.path(),
            folder.name(),
            proxyPort,
            adminPort,
            SidecarFolder.UID == Account.uid(),
            Account.uid(),
            AGENT);
  }

  int proxyPort() {
    return proxyPort;
  }

  /** Opens a task, with an endpoint for each of these destinations. */
  Task open(String... endpoints) throws IOException {
    JsonObject body = new JsonObject().put("kind", "attack").put("purpose", "an experiment");
    if (endpoints.length > 0) {
      body.put("endpoints", List.of(endpoints));
    }
    return new Task(
        new JsonObject(
            TaskSocket.post(
                folder.path().resolve("run/control.sock"), "/v1/tasks", body.encode())));
  }

  /** The decisions and ends of calls that the audit log has so far. */
  AuditLines audit() throws IOException {
    return AuditLines.read(folder.path().resolve("log/audit.jsonl"));
  }

  /** What an agent trusts that was told of the sidecar's own CA. */
  SSLContext trust() throws IOException {
    return TestCa.clientContext(folder.path().resolve("run/ca.crt"));
  }

  Memory memory() throws IOException {
    return Memory.of(sidecar.pid());
  }

  @Override
  public void close() {
    sidecar.close();
  }

  /** A task as its opener is told of it. */
  record Task(JsonObject answer) {
    /** The field by which a call names it, as a line. */
    String line() {
      String pair = answer.getString("id") + ":" + answer.getString("token");
      return "Proxy-Authorization: Basic " + RawAgent.base64(pair) + "\r\n";
    }

    /** The port of an endpoint. */
    int endpoint(String destination) {
      return URI.create(answer.getJsonObject("endpoints").getString(destination)).getPort();
    }
  }

  /**
   * Of a process, in KiB, as the kernel counts it.
   *
   * @param peak the most so far
   */
  record Memory(long resident, long peak) {
    static Memory of(long pid) throws IOException {
      String status = Files.readString(Path.of("/proc/" + pid + "/status"));
      return new Memory(find(RESIDENT, status), find(PEAK, status));
    }

    private static long find(Pattern line, String status) {
      return line.matcher(status)
          .results()
          .mapToLong(found -> Long.parseLong(found.group(1)))
          .findFirst()
          .orElseThrow();
    }
  }
}
