package dev.leasehold.broker.audit;

import dev.leasehold.broker.destination.Destination;
import dev.leasehold.broker.lease.Lease;
import dev.leasehold.broker.policy.Denial;
import dev.leasehold.broker.policy.Grant;
import dev.leasehold.broker.task.Task;
import dev.leasehold.broker.telemetry.Problem;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A call may go on, or not. Where it may, this is written before the first byte of it leaves; where
 * a lease is named, it is the record of that lease's use.
 *
 * @param task null where the call named none
 * @param path canonical; a query is cut off
 * @param lease keyed digest of the lease that is injected
 * @param approval by which it may go on; empty where no human was asked
 * @param engineDecisions what engines call their decisions, each behind the engine's name
 * @param observed places of the rules that are only observed and matched
 * @param cause the problem's name when denied; when allowed, what is out of the ordinary about it
 */
public record CallDecided(
    @Nullable Task task,
    String destination,
    String environment,
    String credential,
    String classification,
    boolean allowed,
    String rule,
    String policyVersion,
    String method,
    String path,
    String lease,
    String vaultRequestId,
    String cause,
    List<String> observed,
    String approval,
    List<String> engineDecisions)
    implements AuditEvent {

  /** The cause of a call that came in plain and goes out over TLS. */
  public static final String ROSE_TO_TLS = "http-to-https";

  /** The cause of a request that is sent a second time, as its first connection broke unheard. */
  public static final String REPEATED = "repeated";

  /** A call without a credential. */
  public static CallDecided allowed(Grant grant) {
    return allowed(grant, grant.call().path().text(), "", "", "", "");
  }

  /** A tunnel whose bytes nobody sees; a host and a port are all there is to say of it. */
  public static CallDecided opaque(Grant grant) {
    String place = grant.destination().target().host() + ":" + grant.destination().target().port();
    return allowed(grant, place, "", "", "", "");
  }

  /** A call that uses {@code lease}. */
  public static CallDecided allowed(Grant grant, Lease lease) {
    return allowed(
        grant,
        grant.call().path().text(),
        lease.credential().name(),
        lease.credential().classification(),
        lease.digest(),
        lease.requestId());
  }

  private static CallDecided allowed(
      Grant grant,
      String path,
      String credential,
      String classification,
      String lease,
      String requestId) {
    Destination destination = grant.destination();
    return new CallDecided(
        grant.task(),
        destination.name(),
        destination.environment().orElse(""),
        credential,
        classification,
        true,
        grant.rule(),
        grant.policyVersion(),
        grant.call().method(),
        path,
        lease,
        requestId,
        grant.risesToTls() ? ROSE_TO_TLS : "",
        grant.observed(),
        grant.approval(),
        grant.engineDecisions());
  }

  /** The same, sent once more: another request at the target, so another line. */
  public CallDecided repeated() {
    return with(path, REPEATED, observed, engineDecisions);
  }

  /** The same with another path: one that has no secret in it. */
  public CallDecided withPath(String masked) {
    return with(masked, cause, observed, engineDecisions);
  }

  /** The same, with the rules that were only observed, and what engines call their decisions. */
  public CallDecided observing(List<String> places, List<String> engines) {
    return with(path, cause, places, engines);
  }

  private CallDecided with(
      String otherPath, String otherCause, List<String> places, List<String> engines) {
    return new CallDecided(
        task,
        destination,
        environment,
        credential,
        classification,
        allowed,
        rule,
        policyVersion,
        method,
        otherPath,
        lease,
        vaultRequestId,
        otherCause,
        places,
        approval,
        engines);
  }

  /** The cause of a call whose agent had gone before anything was decided for good. */
  public static final String AGENT_GONE = "agent-gone";

  /** A call that nobody waited for: nothing of it has left. */
  public static CallDecided abandoned(
      @Nullable Task task,
      Optional<Destination> destination,
      String rule,
      String policyVersion,
      String method,
      String path) {
    return refused(task, destination, AGENT_GONE, rule, policyVersion, method, path);
  }

  /** A call that policy denied. */
  public static CallDecided denied(
      Task task, Denial denial, Problem problem, String policyVersion, String method, String path) {
    return refused(task, denial.destination(), problem, denial.rule(), policyVersion, method, path);
  }

  /** A call that something else refused, before policy was asked or after it had agreed. */
  public static CallDecided refused(
      @Nullable Task task,
      Optional<Destination> destination,
      Problem problem,
      String rule,
      String policyVersion,
      String method,
      String path) {
    return refused(task, destination, problem.word(), rule, policyVersion, method, path);
  }

  private static CallDecided refused(
      @Nullable Task task,
      Optional<Destination> destination,
      String cause,
      String rule,
      String policyVersion,
      String method,
      String path) {
    return new CallDecided(
        task,
        destination.map(Destination::name).orElse(""),
        destination.flatMap(Destination::environment).orElse(""),
        destination.flatMap(Destination::credential).orElse(""),
        "",
        false,
        rule,
        policyVersion,
        method,
        path,
        "",
        "",
        cause,
        List.of(),
        "",
        List.of());
  }
}
