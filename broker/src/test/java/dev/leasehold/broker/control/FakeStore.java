package dev.leasehold.broker.control;

import dev.leasehold.broker.secret.IssuedSecret;
import dev.leasehold.broker.secret.Liveness;
import dev.leasehold.broker.secret.SecretPath;
import dev.leasehold.broker.secret.SecretStore;
import dev.leasehold.broker.secret.SecretStoreException;
import dev.leasehold.broker.secret.TaskToken;
import dev.leasehold.broker.secret.TaskTokenRequest;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/** A secret store that nothing is read from; it counts how often its generations are replaced. */
final class FakeStore implements SecretStore {
  private final AtomicInteger replaced = new AtomicInteger();

  int replaced() {
    return replaced.get();
  }

  @Override
  public TaskToken openTaskToken(TaskTokenRequest request) throws SecretStoreException {
    throw new SecretStoreException(SecretStoreException.Kind.UNAVAILABLE, "not used here");
  }

  @Override
  public IssuedSecret read(TaskToken token, SecretPath path) throws SecretStoreException {
    throw new SecretStoreException(SecretStoreException.Kind.UNAVAILABLE, "not used here");
  }

  @Override
  public Duration renew(TaskToken token, String leaseId, Duration increment) {
    return increment;
  }

  @Override
  public void revokeLease(String leaseId) {
    // dead at once
  }

  @Override
  public void queueLeaseRevocation(String leaseId) {
    // dead at once
  }

  @Override
  public void revokeAccessor(String accessor) {
    // dead at once
  }

  @Override
  public Liveness lookupLease(String leaseId) {
    return Liveness.DEAD;
  }

  @Override
  public Liveness lookupAccessor(String accessor) {
    return Liveness.DEAD;
  }

  @Override
  public void replaceGenerations() {
    replaced.incrementAndGet();
  }
}
