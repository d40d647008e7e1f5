package dev.leasehold.broker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.leasehold.broker.audit.AuditConfig;
import dev.leasehold.broker.audit.AuditLog;
import dev.leasehold.broker.audit.BrokerEvent;
import dev.leasehold.broker.audit.CallDecided;
import dev.leasehold.broker.audit.FsyncPolicy;
import dev.leasehold.broker.config.Configuration;
import dev.leasehold.broker.destination.CanonicalPath;
import dev.leasehold.broker.destination.Destination;
import dev.leasehold.broker.policy.Call;
import dev.leasehold.broker.policy.Consents;
import dev.leasehold.broker.policy.Decision;
import dev.leasehold.broker.policy.Denial;
import dev.leasehold.broker.policy.Grant;
import dev.leasehold.broker.policy.Policy;
import dev.leasehold.broker.policy.Referral;
import dev.leasehold.broker.task.AgentProof;
import dev.leasehold.broker.task.Task;
import dev.leasehold.broker.task.TaskRequest;
import dev.leasehold.broker.task.Tasks;
import dev.leasehold.broker.telemetry.Metrics;
import dev.leasehold.broker.telemetry.Problem;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Yesterday's calls, by tomorrow's policy. */
final class PolicyReplayTest {
  private static final String READS =
      "policy: {rules: [{name: reads, effect: allow, when: {methods: [GET]}}]}\n";
  private static final String NONE_OF_QUEUES =
      "policy: {rules: [{name: reads, effect: allow, when: {methods: [GET]}},"
          + " {name: no-queues, effect: deny, when: {paths: [/api/queues/**]}}]}\n";

  @TempDir private Path folder;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  private Console console() {
    PrintStream stream = new PrintStream(out, true, StandardCharsets.UTF_8);
    return new Console(stream, stream, Map.of());
  }

  private String said() {
    return out.toString(StandardCharsets.UTF_8);
  }

  private Path config(String rules) throws IOException {
    return Files.writeString(
        Files.createTempFile(folder, "config", ".yaml"), PolicyFiles.sample(folder) + rules);
  }

  /** The log of a task that made some calls under {@code config}. */
  private Path log(Path config, String... paths) throws IOException {
    Configuration configuration = ConfigFile.read(config, console()).orElseThrow();
    InstantSource clock = InstantSource.system();
    Policy policy = configuration.policy(clock, Consents.NONE, List.of());
    Task task = task(configuration, clock);
    Path file = folder.resolve("audit.jsonl");
    try (Metrics metrics = new Metrics("test", "test");
        AuditLog log =
            AuditLog.open(AuditConfig.toFile(file, FsyncPolicy.DEFAULT), metrics, why -> {})) {
      log.append(new BrokerEvent.Started("test", policy.version()));
      for (String path : paths) {
        log.append(event(policy, task, path));
      }
      log.append(
          CallDecided.refused(
              null, Optional.empty(), Problem.PROXY_AUTH_REQUIRED, "", "v", "GET", "/"));
    }
    return file;
  }

  private static CallDecided event(Policy policy, Task task, String path) {
    Destination destination = policy.destination("broker-api").orElseThrow();
    CanonicalPath canonical =
        ((CanonicalPath.Result.Canonical) CanonicalPath.parse(path, false)).path();
    Decision decision =
        policy.decide(
            task,
            destination,
            new Call(
                destination.target().scheme(),
                destination.target().host(),
                destination.target().port(),
                "GET",
                canonical));
    return switch (decision) {
      case Grant grant -> CallDecided.allowed(grant);
      case Referral referral -> throw new AssertionError("no engine is configured");
      case Denial denial ->
          CallDecided.denied(task, denial, Problem.RULE_DENIED, policy.version(), "GET", path);
    };
  }

  private static Task task(Configuration configuration, InstantSource clock) {
    TaskRequest request =
        new TaskRequest(
            "manual order",
            "spiffe://example.org/agent/buyer",
            AgentProof.UID,
            "uid:1001",
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Map.of(),
            Optional.empty());
    return ((Tasks.Opening.Opened)
            new Tasks(clock, () -> 0)
                .open(Objects.requireNonNull(configuration.kinds().get("restock")), request))
        .task();
  }

  private int replay(Path log, Path config) {
    return Main.run(
        List.of("policy", "replay", log.toString(), "--config", config.toString()), console());
  }

  @Test
  void samePolicyChangesNothing() throws IOException {
    // Given
    Path config = config(READS);
    Path log = log(config, "/api/overview", "/api/users/me", "/api/queues/a");

    // Then
    assertEquals(ExitStatus.DONE, replay(log, config), said());
    assertTrue(said().contains("3 decisions were made anew, 0 would be others; 1 were not"));
  }

  @Test
  void otherPolicyShowsWhatWouldChangeAndByWhichRule() throws IOException {
    // Given
    Path log = log(config(READS), "/api/overview", "/api/queues/a", "/api/queues/b");

    // Then
    assertEquals(ExitStatus.NO, replay(log, config(NONE_OF_QUEUES)), said());
    assertTrue(
        said()
            .contains(
                "2 × allow by policy.rules.reads → deny by policy.rules.no-queues (first: seq"),
        said());
    assertTrue(said().contains("3 decisions were made anew, 2 would be others"));
  }

  @Test
  void logThatWasChangedIsNotBelieved() throws IOException {
    // Given
    Path config = config(READS);
    Path log = log(config, "/api/overview");
    Files.writeString(log, Files.readString(log).replace("/api/overview", "/api/overvieW"));

    // Then
    assertEquals(ExitStatus.NO, replay(log, config));
    assertTrue(said().contains("nothing of it can be believed"), said());
  }
}
