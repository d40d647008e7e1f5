package dev.leasehold.broker.vault;

import dev.leasehold.broker.identity.Identity;
import dev.leasehold.broker.secret.GenerationEvents;
import dev.leasehold.broker.secret.IssuedSecret;
import dev.leasehold.broker.secret.Liveness;
import dev.leasehold.broker.secret.SecretPath;
import dev.leasehold.broker.secret.SecretStore;
import dev.leasehold.broker.secret.SecretStoreException;
import dev.leasehold.broker.secret.TaskToken;
import dev.leasehold.broker.secret.TaskTokenRequest;
import dev.leasehold.broker.telemetry.BootClock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Secrets from HashiCorp Vault or OpenBao. */
public final class VaultSecretStore implements SecretStore, AutoCloseable {
  private final VaultConfig config;

  public VaultSecretStore(VaultConfig config, Identity identity, BootClock clock) {
    this.config = config;
  }

  /** Begins to log in, and to do so again for ever; returns at once. */
  public void start(GenerationEvents events) {}

  /** Waits for a generation; false when the time is over, {@link #notReady()} then says why. */
  public boolean awaitReady(Duration timeout) throws InterruptedException {
    return false;
  }

  /** Why no task token can be made now; empty when one can. */
  public Optional<String> notReady() {
    return Optional.of("no login yet at " + config.address());
  }

  /** What will stop working unless somebody acts; empty when nothing is known. */
  public List<String> warnings() {
    return List.of();
  }

  @Override
  public TaskToken openTaskToken(TaskTokenRequest request) throws SecretStoreException {
    throw notYet();
  }

  @Override
  public IssuedSecret read(TaskToken token, SecretPath path) throws SecretStoreException {
    throw notYet();
  }

  @Override
  public Duration renew(TaskToken token, String leaseId, Duration increment)
      throws SecretStoreException {
    throw notYet();
  }

  @Override
  public void revokeLease(String leaseId) throws SecretStoreException {
    throw notYet();
  }

  @Override
  public void queueLeaseRevocation(String leaseId) throws SecretStoreException {
    throw notYet();
  }

  @Override
  public void revokeAccessor(String accessor) throws SecretStoreException {
    throw notYet();
  }

  @Override
  public Liveness lookupLease(String leaseId) {
    return Liveness.UNKNOWN;
  }

  @Override
  public Liveness lookupAccessor(String accessor) {
    return Liveness.UNKNOWN;
  }

  @Override
  public void replaceGenerations() throws SecretStoreException {
    throw notYet();
  }

  private SecretStoreException notYet() {
    return new SecretStoreException(
        SecretStoreException.Kind.NO_IDENTITY, "no login yet at " + config.address());
  }

  /** Revokes our own generations, with all below them, and ends every thread of this store. */
  @Override
  public void close() {}
}
