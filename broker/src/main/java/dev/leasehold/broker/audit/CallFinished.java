package dev.leasehold.broker.audit;

import dev.leasehold.broker.task.Task;

/**
 * An allowed call is over.
 *
 * @param status what the agent was answered; 0: nothing
 * @param bytesIn body bytes from the agent
 * @param bytesOut body bytes to the agent
 * @param lease keyed digest of the lease that was used
 * @param cause the problem's name where the call did not end well, or {@link #REDACTED}
 */
public record CallFinished(
    Task task,
    String destination,
    String environment,
    String credential,
    String classification,
    String method,
    String path,
    int status,
    long bytesIn,
    long bytesOut,
    long durationMillis,
    String lease,
    String vaultRequestId,
    String cause)
    implements AuditEvent {

  /** The cause of a call whose answer held a secret of its task, which was masked. */
  public static final String REDACTED = "secret-redacted";

  /** The end of the call that {@code decided} allowed. */
  public static CallFinished of(
      Task task,
      CallDecided decided,
      int status,
      long bytesIn,
      long bytesOut,
      long durationMillis,
      String cause) {
    return new CallFinished(
        task,
        decided.destination(),
        decided.environment(),
        decided.credential(),
        decided.classification(),
        decided.method(),
        decided.path(),
        status,
        bytesIn,
        bytesOut,
        durationMillis,
        decided.lease(),
        decided.vaultRequestId(),
        cause);
  }
}
