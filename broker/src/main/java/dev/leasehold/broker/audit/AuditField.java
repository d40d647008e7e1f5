package dev.leasehold.broker.audit;

import dev.leasehold.broker.telemetry.JsonBytes;
import java.util.Locale;

/**
 * The members of a line, in their order. Each text has a most of bytes, so that a line always stays
 * below {@link AuditLine#MOST_BYTES}.
 */
enum AuditField {
  TIME(0),
  SEQ(0),
  TYPE(40),
  TASK(40),
  ROOT_TASK(40),
  PARENT(40),
  KIND(100),
  AGENT(300),
  AGENT_PROOF(10),
  ON_BEHALF_OF(200),
  PURPOSE(400),
  SIDECAR(300),
  GRANT(40),
  CHAIN(600),
  NARROWED(400),
  DESTINATION(100),
  ENVIRONMENT(64),
  CREDENTIAL(100),
  CLASSIFICATION(20),
  DECISION(10),
  RULE(200),
  OBSERVED(400),
  ENGINE_DECISIONS(300),
  APPROVAL(40),
  APPROVER(300),
  POLICY_VERSION(64),
  METHOD(32),
  PATH(800),
  STATUS(0),
  BYTES_IN(0),
  BYTES_OUT(0),
  DURATION_MS(0),
  LEASE(80),
  VAULT_REQUEST_ID(64),
  SIGNAL(20),
  CAUSE(400),
  PROOF(20),
  LEASES(0),
  REVOKED(0),
  PROVEN_VAULT(0),
  PROVEN_TARGET(0),
  UNPROVEN(0),
  RESIDUAL(0),
  PREV(64),
  HASH(64);

  private final int mostBytes;

  @SuppressWarnings("ImmutableEnumChecker") // shared with this package only, which does not write
  private final byte[] encoded = JsonBytes.encodeName(word());

  AuditField(int mostBytes) {
    this.mostBytes = mostBytes;
  }

  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  int mostBytes() {
    return mostBytes;
  }

  /** Quoted, with its colon. */
  byte[] encoded() {
    return encoded;
  }
}
