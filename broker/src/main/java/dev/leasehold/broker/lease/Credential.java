package dev.leasehold.broker.lease;

import dev.leasehold.broker.secret.Revocability;
import dev.leasehold.broker.secret.SecretPath;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A named recipe: where a secret comes from and how it ends.
 *
 * @param ttl longest life between two renewals, whatever the store claims
 * @param fields the fields of the store's answer that the injection names; all must be there
 * @param lines whether a field may have several lines, as PEM has
 * @param exception present for {@link Revocability#STATIC} ones, and only there
 * @param verify where to ask, besides the store, whether it is gone
 */
public record Credential(
    String name,
    SecretPath path,
    Duration ttl,
    Revocability revocability,
    String owner,
    String classification,
    Set<String> fields,
    boolean lines,
    Optional<StaticException> exception,
    Optional<VerifierConfig> verify) {

  /** The one field that is no secret. */
  static final String USERNAME = "username";

  /** Why a secret without a lease is accepted, and until when. */
  public record StaticException(String reason, Instant until) {}

  public Credential {
    fields = Set.copyOf(fields);
    if (!ttl.isPositive()) {
      throw new IllegalArgumentException("ttl must be longer than nothing");
    }
    if (exception.isPresent() != (revocability == Revocability.STATIC)) {
      throw new IllegalArgumentException("an exception belongs to static, and is needed there");
    }
  }

  /** The fields that are secret: all but the username. */
  public Set<String> secrets() {
    return fields.stream()
        .filter(name -> !name.equals(USERNAME))
        .collect(Collectors.toUnmodifiableSet());
  }

  /** One whose fields have one line each. */
  public Credential(
      String name,
      SecretPath path,
      Duration ttl,
      Revocability revocability,
      String owner,
      String classification,
      Set<String> fields,
      Optional<StaticException> exception,
      Optional<VerifierConfig> verify) {
    this(name, path, ttl, revocability, owner, classification, fields, false, exception, verify);
  }

  /** Whether the store can be asked to end it: it then keeps a lease for it. */
  boolean isRevocable() {
    return switch (revocability) {
      case HARD, SOFT -> true;
      case TTL_ONLY, STATIC -> false;
    };
  }
}
