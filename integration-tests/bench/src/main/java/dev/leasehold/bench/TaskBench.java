package dev.leasehold.bench;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.leasehold.bench.Measure.Peer;
import dev.leasehold.testbed.Needs;
import dev.leasehold.testbed.Testbed;
import dev.leasehold.testbed.VaultMounts;
import dev.leasehold.testbed.target.RecordingUpstream;
import dev.leasehold.testbed.vault.VaultAdmin;
import dev.leasehold.testbed.vault.VaultAnswer;
import dev.leasehold.testbed.vault.VaultCall;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One task with one database credential, again and again: from its opening to the injected byte,
 * from its end to the proof. The peer is Vault itself, called for the same without Leasehold.
 */
final class TaskBench implements Bench {
  private static final int TASKS_PER_SECOND = 20;
  private static final int WARM_UP = 50;
  private static final double GOAL_OPEN = 10;
  private static final double GOAL_END_P50 = 15;
  private static final double GOAL_END_P99 = 40;
  private static final double GOAL_CALLS = 6;
  private static final String PEER = "the bare calls of Vault";

  @Override
  public String name() {
    return "task";
  }

  @Override
  public List<Needed> needs() {
    return List.of(new Needed("taskset", "util-linux"));
  }

  private static String rules(URI upstream) {
    return """
    destinations:
      target:
        url: %s
        environment: bench
        addresses: [127.0.0.0/8, "::1"]
        allow: [{methods: [GET], paths: ["/**"]}]
        credential: orders
    credentials:
      orders:
        vault: {read: database/creds/%s}
        inject: {basic: {username: "{username}", password: "{password}"}}
        ttl: 5m
        revocability: hard
        owner: bench
        classification: internal
    """
        .formatted(upstream, VaultMounts.DATABASE_ROLE);
  }

  /** Milliseconds. */
  private static final class Times {
    private final double[] toInjected;
    private final double[] toProof;

    Times(int rounds) {
      toInjected = new double[rounds];
      toProof = new double[rounds];
    }
  }

  @Override
  public List<Measure> measure(Duration load) {
    int rounds = (int) Math.max(100, load.toSeconds() * TASKS_PER_SECOND);
    AtomicLong arrived = new AtomicLong();
    try (Testbed testbed = Testbed.start(Needs.VAULT, Needs.WORKLOAD_API, Needs.POSTGRES)) {
      RecordingUpstream upstream =
          testbed.keep(
              RecordingUpstream.start(
                  conversation -> {
                    String head = conversation.readHead();
                    arrived.set(System.nanoTime());
                    boolean injected =
                        head.toLowerCase(Locale.ROOT).contains("\r\nauthorization: basic ");
                    conversation.write(
                        injected ? RecordingUpstream.OK : "HTTP/1.1 500 no credential\r\n\r\n");
                  }));
      Subject subject = Subject.prepare(testbed, rules(upstream.address()), "target");
      subject.serve(Cores.all());
      try (TaskApi tasks = subject.tasks()) {
        URI target = upstream.address().resolve("/v1/items");
        warmUp(subject, tasks, target, arrived, testbed.vaultAdmin());
        int mark = testbed.vault().calls().size();
        Times ours = ours(subject, tasks, target, arrived, rounds);
        double calls = (double) vaultCalls(testbed, mark) / rounds;
        return measures(ours, bare(testbed.vaultAdmin(), rounds), calls);
      }
    }
  }

  private static List<Measure> measures(Times ours, Times bare, double calls) {
    Samples open = Samples.of(ours.toInjected);
    Samples proof = Samples.of(ours.toProof);
    Samples bareOpen = Samples.of(bare.toInjected);
    Samples bareProof = Samples.of(bare.toProof);
    return List.of(
        Measure.atMostAbovePeer(
            "task",
            "open to injected byte, p50",
            "ms",
            open.median(),
            bareOpen.median(),
            PEER,
            GOAL_OPEN),
        Measure.atMost(
            "task",
            "end to done, p50",
            "ms",
            proof.median(),
            GOAL_END_P50,
            new Peer(bareProof.median(), PEER)),
        Measure.atMost(
            "task",
            "end to done, p99",
            "ms",
            proof.quantile(0.99),
            GOAL_END_P99,
            new Peer(bareProof.quantile(0.99), PEER)),
        Measure.atMost("task", "calls of Vault for one task", "", calls, GOAL_CALLS, Peer.NONE));
  }

  private static void warmUp(
      Subject subject, TaskApi tasks, URI target, AtomicLong arrived, VaultAdmin admin) {
    var unused = List.of(ours(subject, tasks, target, arrived, WARM_UP), bare(admin, WARM_UP));
  }

  private static Times ours(
      Subject subject, TaskApi tasks, URI target, AtomicLong arrived, int rounds) {
    Times times = new Times(rounds);
    for (int i = 0; i < rounds; i++) {
      long start = System.nanoTime();
      JsonObject task = tasks.open();
      exchange(subject.call(task, target));
      times.toInjected[i] = millis(arrived.get() - start);
      long end = System.nanoTime();
      JsonObject report = tasks.end(task);
      times.toProof[i] = millis(System.nanoTime() - end);
      if (!"complete".equals(report.getString("proof")) || report.getInteger("leases") != 1) {
        throw new IllegalStateException("not the report that was expected: " + report);
      }
    }
    return times;
  }

  private static void exchange(Call call) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), call.port())) {
      socket.setTcpNoDelay(true);
      socket.getOutputStream().write(call.text().getBytes(ISO_8859_1));
      String status = new String(socket.getInputStream().readNBytes(12), ISO_8859_1);
      if (!status.equals("HTTP/1.1 200")) {
        throw new IllegalStateException("the call was answered: " + status);
      }
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  /** What Leasehold asked of Vault since, but for the renewals of its heartbeat. */
  private static long vaultCalls(Testbed testbed, int mark) {
    List<VaultCall> calls = testbed.vault().calls();
    return calls.subList(mark, calls.size()).stream()
        .filter(call -> !call.displayName().equals("root"))
        .filter(call -> !call.path().equals("auth/token/renew-self"))
        .count();
  }

  private static Times bare(VaultAdmin admin, int rounds) {
    Times times = new Times(rounds);
    for (int i = 0; i < rounds; i++) {
      long start = System.nanoTime();
      JsonObject token = admin.write("auth/token/create", new JsonObject()).orThrow().auth();
      VaultAnswer creds =
          admin
              .as(token.getString("client_token"))
              .read("database/creds/" + VaultMounts.DATABASE_ROLE)
              .orThrow();
      times.toInjected[i] = millis(System.nanoTime() - start);
      String lease = creds.body().getString("lease_id");
      long end = System.nanoTime();
      admin
          .write("sys/leases/revoke", new JsonObject().put("lease_id", lease).put("sync", true))
          .orThrow();
      String accessor = token.getString("accessor");
      admin
          .write("auth/token/revoke-accessor", new JsonObject().put("accessor", accessor))
          .orThrow();
      if (admin.leaseAlive(lease) || admin.accessorAlive(accessor)) {
        throw new IllegalStateException("still alive: " + lease);
      }
      times.toProof[i] = millis(System.nanoTime() - end);
    }
    return times;
  }

  private static double millis(long nanos) {
    return nanos / 1e6;
  }
}
