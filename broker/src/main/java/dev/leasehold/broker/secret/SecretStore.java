package dev.leasehold.broker.secret;

import java.time.Duration;

/**
 * The place where secrets come from. Every call blocks, is bounded in time and belongs on a virtual
 * thread; several may run at once. A revocation or look-up uses a login token of any live
 * generation, so it works for tasks of a generation that is gone.
 */
public interface SecretStore {
  /** Makes the token of one task, as a child of the newest live heartbeat token. */
  TaskToken openTaskToken(TaskTokenRequest request) throws SecretStoreException;

  /** Fetches a secret with the task's token. */
  IssuedSecret read(TaskToken token, SecretPath path) throws SecretStoreException;

  /** Extends a lease; returns the life that the store gave from now. */
  Duration renew(TaskToken token, String leaseId, Duration increment) throws SecretStoreException;

  /** Revokes a lease and waits for the engine to have done it. An unknown lease is a success. */
  void revokeLease(String leaseId) throws SecretStoreException;

  /** Asks the store to revoke a lease in its own time and to retry by itself. */
  void queueLeaseRevocation(String leaseId) throws SecretStoreException;

  /** Revokes a token and all below it. An unknown accessor is a success. */
  void revokeAccessor(String accessor) throws SecretStoreException;

  Liveness lookupLease(String leaseId);

  Liveness lookupAccessor(String accessor);

  /** Logs in anew and revokes the login token of every earlier generation, with all below it. */
  void replaceGenerations() throws SecretStoreException;
}
