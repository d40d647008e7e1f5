package dev.leasehold.broker.telemetry;

import java.util.Locale;

/**
 * What is asked of the secret store: the label {@code operation} of {@code vault_requests_total}.
 */
public enum VaultOperation {
  LOGIN,
  CREATE_HEARTBEAT,
  RENEW_HEARTBEAT,
  CREATE_TASK_TOKEN,
  READ_CREDENTIAL,
  SIGN_CA,
  RENEW_LEASE,
  REVOKE_LEASE,
  LOOKUP_LEASE,
  REVOKE_TOKEN,
  LOOKUP_TOKEN,
  /** Health, seal status, self look-ups. */
  STATUS;

  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
