package dev.leasehold.broker.lease;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.fail;

import dev.leasehold.broker.destination.CanonicalPath;
import dev.leasehold.broker.destination.Destination;
import dev.leasehold.broker.destination.Target.Scheme;
import dev.leasehold.broker.policy.Call;
import dev.leasehold.broker.policy.CredentialUse;
import dev.leasehold.broker.policy.Grant;
import dev.leasehold.broker.policy.Policy;
import dev.leasehold.broker.secret.Revocability;
import dev.leasehold.broker.secret.SecretPath;
import dev.leasehold.broker.task.AgentProof;
import dev.leasehold.broker.task.Signal;
import dev.leasehold.broker.task.Task;
import dev.leasehold.broker.task.TaskKind;
import dev.leasehold.broker.task.TaskRequest;
import dev.leasehold.broker.task.Tasks;
import dev.leasehold.broker.telemetry.Metrics;
import dev.leasehold.broker.testing.Destinations;
import dev.leasehold.broker.testing.FakeEndpoints;
import dev.leasehold.broker.testing.FakeSecretStore;
import dev.leasehold.broker.testing.RecordingTaskEvents;
import dev.leasehold.broker.testing.VirtualTime;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/**
 * Leasing with a store in memory and a time that stands still, for a configuration of a few
 * credentials, each with a destination of its name.
 */
final class LeaseTester implements AutoCloseable {
  static final Duration TTL = Duration.ofMinutes(1);
  static final Duration TASK_TTL = Duration.ofMinutes(10);
  static final Duration IDLE = Duration.ofMinutes(4);
  static final String DATABASE = "database";
  static final String QUEUE = "queue";
  static final String SOFT = "soft";
  static final String TTL_ONLY = "ttl-only";
  static final String STATIC = "static";

  /** Hard, and the place where it is used is asked as well. */
  static final String VERIFIED = "verified";

  private static final String AGENT = "spiffe://example.org/agent";
  private static final List<String> CREDENTIALS =
      List.of(DATABASE, QUEUE, SOFT, TTL_ONLY, STATIC, VERIFIED);

  final VirtualTime time = new VirtualTime();
  final FakeSecretStore store = new FakeSecretStore(time.clock());
  final RecordingTaskEvents events = new RecordingTaskEvents();
  final FakeEndpoints endpoints = new FakeEndpoints();
  final Metrics metrics = new Metrics("test", "test");
  final Tasks tasks = new Tasks(time, time::nanos);
  final Journal journal;
  final Surroundings surroundings;
  final Leases leases;
  final TaskEnds ends;
  private final Policy policy;

  /** Of the tasks that are opened from here on. */
  Duration ttl = TASK_TTL;

  Optional<Duration> idle = Optional.of(IDLE);
  Duration drain = Duration.ZERO;

  /** What the place where {@link #VERIFIED} is used says. */
  volatile TargetVerifier target = username -> TargetProof.UNKNOWN;

  LeaseTester(Path stateDir) throws JournalException {
    this(stateDir, FileChannel::force);
  }

  LeaseTester(Path stateDir, JournalFile.Force force) throws JournalException {
    Map<String, Destination> destinations = new HashMap<>();
    Map<String, CredentialUse> uses = new HashMap<>();
    Map<String, Credential> credentials = new HashMap<>();
    for (String name : CREDENTIALS) {
      destinations.put(
          name, Destinations.https(name, name + ".example").credential(name).allowAll().build());
      uses.put(name, new CredentialUse(name, Optional.empty()));
      credentials.put(name, credential(name));
    }
    store.keepingNoLeaseOf(path(STATIC));
    journal = Journal.open(stateDir, force);
    surroundings = new Surroundings(store, journal, events, metrics, time, time);
    policy = new Policy("test", destinations, uses, time);
    leases = new Leases(surroundings, () -> policy, () -> credentials);
    ends =
        new TaskEnds(
            surroundings,
            leases,
            tasks,
            endpoints,
            Elsewhere.NONE,
            where -> username -> target.verify(username));
    metrics.tasksActive(() -> ends.activeByKind(Set.of("another")));
  }

  private static Credential credential(String name) {
    Revocability revocability =
        switch (name) {
          case SOFT -> Revocability.SOFT;
          case TTL_ONLY -> Revocability.TTL_ONLY;
          case STATIC -> Revocability.STATIC;
          default -> Revocability.HARD;
        };
    return new Credential(
        name,
        SecretPath.read(path(name)),
        TTL,
        revocability,
        "owner",
        "internal",
        Set.of("username", "password"),
        Optional.of(new Credential.StaticException("a test", Instant.MAX))
            .filter(exception -> revocability == Revocability.STATIC),
        Optional.<VerifierConfig>of(
                new VerifierConfig.Postgresql(
                    "localhost", 1, "app", "checker", Path.of("password"), Optional.empty()))
            .filter(verifier -> name.equals(VERIFIED)));
  }

  /** Where the store keeps it. */
  static String path(String credential) {
    return "engine/creds/" + credential;
  }

  /** A task in care that may go to these destinations; to all when none is named. */
  Task open(String... destinations) throws IOException {
    TaskKind kind =
        new TaskKind("kind", Set.of(AGENT), Set.of(), ttl, idle, drain, 10, "role", CREDENTIALS);
    TaskRequest request =
        new TaskRequest(
            "testing",
            AGENT,
            AgentProof.UID,
            "uid:1",
            Optional.of(1),
            Optional.empty(),
            Optional.of(List.of(destinations)).filter(names -> !names.isEmpty()),
            Map.of(),
            Optional.empty());
    Task task = assertInstanceOf(Tasks.Opening.Opened.class, tasks.open(kind, request)).task();
    ends.watch(task);
    return task;
  }

  Grant grant(Task task, String credential) {
    CanonicalPath root =
        switch (CanonicalPath.parse("/", false)) {
          case CanonicalPath.Result.Canonical canonical -> canonical.path();
          case CanonicalPath.Result.Ambiguous(String reason) -> fail(reason);
        };
    Call call = new Call(Scheme.HTTPS, credential + ".example", Call.ANY_PORT, "GET", root);
    return assertInstanceOf(Grant.class, policy.decide(task, call));
  }

  CompletionStage<LeaseOutcome> lease(Task task, String credential) {
    return leases.lease(grant(task, credential));
  }

  /** A use of a lease that the store gives at once; the caller closes it. */
  LeaseUse use(Task task, String credential) {
    return assertInstanceOf(LeaseOutcome.Leased.class, await(lease(task, credential))).use();
  }

  /** Has a lease fetched that no call uses any more. */
  void touch(Task task, String credential) {
    use(task, credential).close();
  }

  LeaseOutcome.Refused refusal(Task task, String credential) {
    return assertInstanceOf(LeaseOutcome.Refused.class, await(lease(task, credential)));
  }

  /** Ends the task and lets time pass until all is proven. */
  Report end(Task task, Signal signal) {
    return pass(ends.end(task, signal, "test"));
  }

  /** Lets time pass until the stage has come to something. */
  <T> T pass(CompletionStage<T> stage) {
    time.advanceUntil(() -> stage.toCompletableFuture().isDone());
    return await(stage);
  }

  /** What comes of a stage that needs no time of ours. */
  static <T> T await(CompletionStage<T> stage) {
    return stage.toCompletableFuture().orTimeout(20, TimeUnit.SECONDS).join();
  }

  /** The sum of a gauge over all its labels. */
  double gauge(String name) {
    return sum(name + "{");
  }

  /** For how long the credential lived past the end of its tasks. */
  double exposure(String credential) {
    return sum("exposure_seconds_total{credential=\"" + credential + "\"");
  }

  private double sum(String prefix) {
    return metrics
        .scrape("")
        .body()
        .lines()
        .filter(line -> line.startsWith("leasehold_" + prefix))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  @Override
  public void close() {
    journal.close();
    metrics.close();
  }
}
