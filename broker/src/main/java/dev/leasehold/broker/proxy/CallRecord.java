package dev.leasehold.broker.proxy;

import dev.leasehold.broker.approval.BreakGlass;
import dev.leasehold.broker.audit.AuditFeed;
import dev.leasehold.broker.audit.CallDecided;
import dev.leasehold.broker.audit.CallFinished;
import dev.leasehold.broker.destination.Destination;
import dev.leasehold.broker.http.RequestHead;
import dev.leasehold.broker.policy.Decision;
import dev.leasehold.broker.policy.Denial;
import dev.leasehold.broker.policy.Grant;
import dev.leasehold.broker.task.Task;
import dev.leasehold.broker.telemetry.Metrics;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the audit log and the metrics are told of one call: a decision, always, and for an allowed
 * call its end. On the call's event loop.
 */
final class CallRecord {
  private final Serving serving;
  private final AuditFeed audit;
  private final String policyVersion;
  private final long begun = System.nanoTime();
  private final long begunBoot;

  private String method = "";
  private String path = "";
  private String rule = "";
  private List<String> observed = List.of();
  private List<String> engineDecisions = List.of();
  private Optional<Destination> destination = Optional.empty();
  private @Nullable Task task;
  private @Nullable Lane lane;
  private @Nullable CallDecided decided;
  private long connectingSince;
  private long connectingNanos;
  private boolean announced;
  private long bytesIn;
  private long bytesOut;
  private boolean refused;
  private boolean redacted;

  CallRecord(Serving serving, AuditFeed audit, String policyVersion) {
    this.serving = serving;
    this.audit = audit;
    this.policyVersion = policyVersion;
    this.begunBoot = serving.clock().nanos();
  }

  void asked(RequestHead head) {
    method = head.method();
  }

  void read(AgentRequest request) {
    path = request.call().path().text();
  }

  /** A CONNECT's target is all there is of a path. */
  void wants(Authority authority) {
    path = authority.toString();
  }

  void named(Task who) {
    task = who;
  }

  void denied(Denial denial) {
    rule = denial.rule();
    observe(denial);
    destination = denial.destination();
  }

  void granted(Grant grant) {
    rule = grant.rule();
    if (grant.approval().startsWith(BreakGlass.PREFIX)) {
      serving.approvals().ifPresent(approvals -> approvals.breakGlass().used(grant));
    }
    observe(grant);
    destination = Optional.of(grant.destination());
  }

  /** Rules that are tried out: what they would have done is counted, and done by none. */
  private void observe(Decision decision) {
    observed = decision.observed();
    engineDecisions = decision.engineDecisions();
    observed.forEach(serving.metrics()::ruleObserved);
  }

  void inLane(Lane taken) {
    lane = taken;
  }

  /** What goes to the audit log of an allowed call: {@code event} without a secret in its path. */
  CallDecided decided(CallDecided event) {
    String masked = masked(event.path());
    CallDecided safe = masked.equals(event.path()) ? event : event.withPath(masked);
    decided = safe;
    return safe;
  }

  private String masked(String text) {
    return task == null ? text : serving.lanes().mask(task, text);
  }

  void notWritten() {
    decided = null;
  }

  void connecting() {
    connectingSince = System.nanoTime();
  }

  void connected() {
    connectingNanos += System.nanoTime() - connectingSince;
  }

  /** Everything of our own is done: what passed so far, less the time of the target, we added. */
  void announced() {
    if (lane != null && !announced) {
      announced = true;
      lane.meters().overhead(System.nanoTime() - begun - connectingNanos);
    }
  }

  void in(int bytes) {
    bytesIn += bytes;
  }

  void out(int bytes) {
    bytesOut += bytes;
  }

  /**
   * Secrets were masked in the answer.
   *
   * @param count how many
   */
  void redacted(int count) {
    redacted = true;
    if (lane != null) {
      lane.meters().redacted(count);
    }
  }

  long bytesIn() {
    return bytesIn;
  }

  /** On the boot clock. */
  long enteredNanos() {
    return begunBoot;
  }

  /** On the boot clock, reckoned: reading it is dear. */
  long leftNanos() {
    return begunBoot + (System.nanoTime() - begun);
  }

  /** Before {@link #finished}. */
  void refused(Refusal refusal) {
    refused = true;
    serving.metrics().denied(refusal.problem());
    if (decided != null) {
      return; // its end will say what went wrong
    }
    if (task != null) {
      task.denied(leftNanos());
    }
    audit.append(
        CallDecided.refused(
                task,
                destination,
                refusal.problem(),
                refusal.rule().isEmpty() ? rule : refusal.rule(),
                policyVersion,
                method,
                masked(path))
            .observing(observed, engineDecisions));
  }

  /**
   * @param status what the agent was answered; 0: nothing
   * @param cause what went wrong; empty: nothing
   */
  void finished(int status, String cause) {
    if (task != null) {
      task.moved(bytesIn + bytesOut);
    }
    CallDecided allowed = decided;
    if (allowed != null && task != null) {
      if (lane != null) {
        lane.meters().allowed(status);
      }
      String ended = cause.isEmpty() && redacted ? CallFinished.REDACTED : cause;
      long millis = (System.nanoTime() - begun) / 1_000_000;
      audit.append(CallFinished.of(task, allowed, status, bytesIn, bytesOut, millis, ended));
    } else if (!refused) {
      audit.append(
          CallDecided.abandoned(task, destination, rule, policyVersion, method, masked(path)));
    } else {
      String name = destination.map(Destination::name).orElse(Metrics.NONE);
      serving.metrics().forDestination(name).denied(status);
    }
  }
}
