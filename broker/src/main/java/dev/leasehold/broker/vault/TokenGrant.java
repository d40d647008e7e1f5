package dev.leasehold.broker.vault;

import dev.leasehold.broker.secret.SecretStoreException;
import dev.leasehold.broker.secret.SecretStoreException.Kind;
import dev.leasehold.broker.secret.SecretValue;
import io.github.jopenlibs.vault.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A token as Vault made it. The holder owns {@code token} and wipes it.
 *
 * @param policies of the token itself
 * @param identityPolicies that its entity or groups add to it
 */
record TokenGrant(
    SecretValue token,
    String accessor,
    Set<String> policies,
    Set<String> identityPolicies,
    Duration life,
    boolean renewable,
    boolean orphan) {

  /** Reads the {@code auth} of an answer. */
  static TokenGrant of(VaultRequest request, VaultAnswer answer) throws SecretStoreException {
    JsonObject auth = answer.object("auth").orElseThrow(() -> incomplete(request, "auth"));
    String token = auth.getString("client_token", "");
    String accessor = auth.getString("accessor", "");
    if (token.isEmpty() || accessor.isEmpty()) {
      throw incomplete(request, "a token with an accessor");
    }
    // token_policies and identity_policies are told apart; policies is their sum. All three count.
    Set<String> policies =
        Stream.of("policies", "token_policies")
            .flatMap(name -> VaultAnswer.strings(auth, name).stream())
            .collect(Collectors.toCollection(TreeSet::new));
    return new TokenGrant(
        SecretValue.takeOwnershipOf(token.getBytes(StandardCharsets.UTF_8)),
        accessor,
        policies,
        new TreeSet<>(VaultAnswer.strings(auth, "identity_policies")),
        VaultAnswer.seconds(auth, "lease_duration"),
        auth.getBoolean("renewable", false),
        auth.getBoolean("orphan", false));
  }

  /** What is wrong with it, when it may more or less than {@code expected}. */
  Optional<String> differsFrom(Set<String> expected) {
    if (!identityPolicies.isEmpty()) {
      return Optional.of("its entity or groups add the policies " + identityPolicies);
    }
    return policies.equals(expected)
        ? Optional.empty()
        : Optional.of("its policies are " + policies + ", not " + new TreeSet<>(expected));
  }

  private static SecretStoreException incomplete(VaultRequest request, String what) {
    return new SecretStoreException(
        Kind.UNANSWERED, "Vault's answer to " + request + " lacks " + what, null, null);
  }

  static List<String> sorted(Set<String> names) {
    return List.copyOf(new TreeSet<>(names));
  }

  @Override
  public String toString() {
    return "TokenGrant[" + accessor + "]";
  }
}
