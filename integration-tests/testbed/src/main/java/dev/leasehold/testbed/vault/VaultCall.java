package dev.leasehold.testbed.vault;

import java.time.Instant;
import java.util.Map;

/**
 * One request as Vault's audit device tells it.
 *
 * @param time when Vault answered
 * @param operation Vault's word for the method: {@code read}, {@code update}, {@code create},
 *     {@code list} or {@code delete}; a POST is {@code update} or {@code create}
 * @param path without {@code /v1/}, such as {@code auth/token/create/leasehold-buyer-heartbeat}
 * @param displayName of the token that called; empty without a token
 * @param metadata of the token that called, in clear; a task token carries {@code task} there
 * @param error what Vault refused it with; empty for a success
 */
public record VaultCall(
    Instant time,
    String operation,
    String path,
    String displayName,
    Map<String, String> metadata,
    String error) {

  public VaultCall {
    metadata = Map.copyOf(metadata);
  }

  public boolean failed() {
    return !error.isEmpty();
  }
}
