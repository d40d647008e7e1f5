package dev.leasehold.broker.audit;

import dev.leasehold.broker.destination.CanonicalPath;
import dev.leasehold.broker.destination.Destination;
import dev.leasehold.broker.destination.Limits;
import dev.leasehold.broker.destination.Rule;
import dev.leasehold.broker.destination.Target;
import dev.leasehold.broker.destination.UpstreamTls;
import dev.leasehold.broker.lease.Credential;
import dev.leasehold.broker.lease.Lease;
import dev.leasehold.broker.lease.LeaseOutcome;
import dev.leasehold.broker.lease.RecoveredTask;
import dev.leasehold.broker.lease.Report;
import dev.leasehold.broker.lease.SampleLease;
import dev.leasehold.broker.lease.TaskEvents;
import dev.leasehold.broker.policy.Call;
import dev.leasehold.broker.policy.CredentialUse;
import dev.leasehold.broker.policy.Grant;
import dev.leasehold.broker.policy.Policy;
import dev.leasehold.broker.task.AgentProof;
import dev.leasehold.broker.task.Narrowing;
import dev.leasehold.broker.task.Signal;
import dev.leasehold.broker.task.Task;
import dev.leasehold.broker.task.TaskKind;
import dev.leasehold.broker.task.TaskRequest;
import dev.leasehold.broker.task.Tasks;
import dev.leasehold.broker.telemetry.Problem;
import dev.leasehold.broker.testing.Families;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** One event of each type, with every member that it can have. */
final class SampleEvents {
  static final String AGENT = "spiffe://example.org/agent/buyer";
  static final String SECRET = "canary-s3cr3t-0xC0FFEE";
  static final String VERSION = "9f2c41d07b3a";
  private static final Instant LATER = Instant.parse("2026-11-25T13:00:00Z");

  private static final String SIDECAR = "spiffe://example.org/leasehold/writer";
  private static final String GRANT = "5f0c6d2c1f4e8a90337700aa11bb22cc";

  private SampleEvents() {}

  static List<AuditEvent> all() {
    Task task = task();
    Task child = child();
    Grant grant = grant(task);
    task.fence(Signal.COMPLETED, "by its caller", LATER, 0);
    Credential credential = SampleLease.credential("rabbit");
    Lease lease = SampleLease.of(credential, SECRET);
    CallDecided allowed = CallDecided.allowed(grant, lease);
    return List.of(
        new TaskEvent.Opened(task, VERSION),
        new TaskEvent.Refused(
            Optional.empty(),
            "restock",
            AGENT,
            AgentProof.UID,
            "a game",
            Problem.FORBIDDEN,
            "tasks.restock.purposes"),
        allowed,
        CallDecided.refused(
            task,
            Optional.of(destination()),
            Problem.RULE_DENIED,
            "destinations.broker-api.deny[0]",
            VERSION,
            "PUT",
            "/api/users/me"),
        CallFinished.of(task, allowed, 200, 12, 345, 7, "upstream-reset"),
        new TaskEvent.Signalled(task),
        new TaskEvent.Stuck(task, SampleLease.report(task, Report.Proof.PENDING)),
        new TaskEvent.Ended(task, SampleLease.report(task, Report.Proof.COMPLETE)),
        new TaskEvent.Recovered(
            new RecoveredTask(
                task.id(), "restock", Optional.of(Signal.DEADLINE), List.of("rabbit"), 2, 1, 1)),
        new LeaseEvent.Issued(task, lease),
        new LeaseEvent.NotIssued(
            task,
            credential,
            new LeaseOutcome.Refused(
                LeaseOutcome.Problem.VAULT_UNAVAILABLE, "no answer", Optional.empty())),
        new LeaseEvent.Renewed(task, lease),
        new LeaseEvent.Revoked(task, lease, Optional.empty()),
        new LeaseEvent.Revoked(task, lease, Optional.of("timeout")),
        new LeaseEvent.Proven(task, lease, TaskEvents.Where.VAULT),
        new LeaseEvent.PresentAtTarget(task, lease),
        new LeaseEvent.Late(task, lease),
        new LeaseEvent.Unanswered(task, credential, LATER),
        new BrokerEvent.Started("0.1.0", VERSION),
        new BrokerEvent.Stopped("SIGTERM"),
        new BrokerEvent.ConfigLoaded(VERSION),
        new BrokerEvent.ConfigRefused(VERSION, "listen.proxy cannot change"),
        new BrokerEvent.CallerRefused(
            "uid:1002", Problem.FORBIDDEN, "POST", "/v1/revoke-all", "control.callers"),
        new BrokerEvent.CallersRefused("uid:1002", 312),
        new BrokerEvent.Locked("the agent was taken over"),
        new BrokerEvent.Unlocked(),
        new BrokerEvent.GenerationOpened("3", LATER),
        new BrokerEvent.GenerationLost("3", "the token is not known any more"),
        new BrokerEvent.GenerationClosed("3"),
        new BrokerEvent.LogContinued("started; a new chain"),
        approval(task, "asked", "", ""),
        approval(task, "approved", "uid:2001", "agreed with Anna"),
        approval(task, "denied", "https://id.example.org#anna", "not during the sale"),
        new TaskEvent.Opened(child, VERSION),
        new TaskEvent.AgentProven(child),
        new TaskEvent.TokenShared(task, 1001, 1002),
        new TaskEvent.Granted(task, child, SIDECAR, GRANT),
        new TaskEvent.GrantEnded(task, SIDECAR, GRANT, "complete"),
        new TaskEvent.Refused(
            Optional.of(child),
            "restock",
            AGENT,
            AgentProof.TOKEN,
            "a circle",
            Problem.FORBIDDEN,
            "tasks.restock.delegation.to"),
        broken("opened", "uid:2001", "the shop is down (until 2026-11-25T12:30:00Z)"),
        broken("confirmed", "https://id.example.org#anna", ""),
        broken("ended", "", "used for 3 calls"));
  }

  private static AuditEvent broken(String what, String by, String words) {
    return new BreakGlassEvent(
        Optional.empty(), "restock", "brk_5b0c6d2c1f4e8a903377", what, by, words);
  }

  private static AuditEvent approval(Task task, String what, String approver, String reason) {
    return new ApprovalEvent(
        task,
        "apr_5b0c6d2c1f4e8a903377",
        what,
        "policy.rules.prod-writes",
        destination(),
        "rabbit",
        "internal",
        "POST",
        "/api/exchanges/shop/x/publish",
        approver,
        reason);
  }

  /** Opened for somebody, and narrowed by nothing. */
  static Task task() {
    TaskKind kind =
        new TaskKind(
            "restock",
            Set.of(AGENT),
            Set.of(),
            Duration.ofMinutes(10),
            Optional.empty(),
            Duration.ZERO,
            10,
            "leasehold-buyer-restock",
            List.of("broker-api"));
    TaskRequest request =
        new TaskRequest(
            "nightly restock",
            AGENT,
            AgentProof.UID,
            "uid:1001",
            Optional.of(1001),
            Optional.empty(),
            Optional.empty(),
            Map.of(),
            Optional.of("user:anna"));
    Tasks tasks = new Tasks(InstantSource.system(), System::nanoTime);
    if (tasks.open(kind, request) instanceof Tasks.Opening.Opened(Task task, var token)) {
      return task;
    }
    throw new IllegalStateException("the task was not opened");
  }

  /** Delegated, and narrowed. */
  private static Task child() {
    Tasks tasks = new Tasks(InstantSource.system(), System::nanoTime);
    Narrowing reads =
        new Narrowing(
            Optional.of(Set.of("GET")),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.of(20L));
    return Families.child(
        tasks,
        Families.open(tasks, Families.kind("broker-api")),
        Families.ask(Families.RESEARCHER).narrowed(reads));
  }

  static Grant grant(Task task) {
    Policy policy =
        new Policy(
            VERSION,
            Map.of("broker-api", destination()),
            Map.of("rabbit", new CredentialUse("rabbit", Optional.empty())),
            InstantSource.system());
    Call call =
        new Call(
            Target.Scheme.HTTP,
            "rabbit.internal",
            Call.ANY_PORT,
            "GET",
            path("/api/queues/shop/orders"));
    if (policy.decide(task, call) instanceof Grant grant) {
      return grant;
    }
    throw new IllegalStateException("the call was not allowed");
  }

  private static CanonicalPath path(String text) {
    if (CanonicalPath.parse(text, false)
        instanceof CanonicalPath.Result.Canonical(CanonicalPath path)) {
      return path;
    }
    throw new IllegalStateException("not canonical");
  }

  private static Destination destination() {
    return new Destination(
        "broker-api",
        new Target(Target.Scheme.HTTPS, "rabbit.internal", 15671),
        "/",
        Optional.of("staging"),
        List.of(),
        List.of(new Rule("destinations.broker-api.allow[0]", Set.of(), List.of())),
        List.of(),
        Optional.of("rabbit"),
        false,
        UpstreamTls.SYSTEM,
        false,
        false,
        Destination.Redact.REPLACE,
        List.of(),
        Set.of(),
        Set.of(),
        Limits.DEFAULT,
        Optional.empty(),
        false);
  }
}
