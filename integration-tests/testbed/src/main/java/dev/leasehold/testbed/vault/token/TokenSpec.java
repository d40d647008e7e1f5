package dev.leasehold.testbed.vault.token;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a token is made with.
 *
 * @param parent the token that it dies with; null for an orphan
 * @param path the request path that made it
 * @param ttl its first life; zero for one that never ends
 * @param explicitMax a cap on its whole life, zero for none
 * @param role the token role that made it, whose cap rules over renewals; empty for none
 * @param proof what a renewal is compared with, such as the key ids of a login's certificate
 */
public record TokenSpec(
    @Nullable Token parent,
    String path,
    String displayName,
    List<String> policies,
    Map<String, String> meta,
    Duration ttl,
    Duration explicitMax,
    Duration period,
    int uses,
    boolean renewable,
    String role,
    String entity,
    Map<String, String> proof) {

  public TokenSpec {
    policies = policies.stream().distinct().sorted().toList();
    meta = Map.copyOf(meta);
    proof = Map.copyOf(proof);
  }
}
