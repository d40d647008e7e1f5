package dev.leasehold.broker.vault;

import dev.leasehold.broker.secret.SecretPath;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What one sidecar needs of Vault, in names and paths: the input of {@link VaultSetup}.
 *
 * @param spiffeId the only identity that may log in by the sidecar's auth role
 * @param kinds every kind that has a credential
 * @param credentials every credential
 * @param intermediates what the login may have signed by Vault's PKI
 */
public record VaultNeeds(
    String spiffeId,
    VaultConfig.Login login,
    VaultConfig.Heartbeat heartbeat,
    List<Kind> kinds,
    List<Credential> credentials,
    List<Intermediate> intermediates) {

  /**
   * One kind of task.
   *
   * @param role its token role
   * @param ttl the longest life of one task
   * @param credentials names of those that its destinations use
   */
  public record Kind(String role, Duration ttl, Set<String> credentials) {
    public Kind {
      credentials = Set.copyOf(credentials);
    }
  }

  /**
   * One credential.
   *
   * @param leased false where the store keeps no lease (static): nothing to renew or revoke
   */
  public record Credential(String name, SecretPath path, boolean leased) {
    /** Name of the policy that allows this credential and nothing else. */
    public String policy() {
      return policyOf(name);
    }
  }

  public VaultNeeds {
    kinds = List.copyOf(kinds);
    credentials = List.copyOf(credentials);
    intermediates = List.copyOf(intermediates);
    Set<String> known = new HashSet<>();
    for (Credential credential : credentials) {
      if (!known.add(credential.name())) {
        throw new IllegalArgumentException("two credentials are named " + credential.name());
      }
    }
    for (Kind kind : kinds) {
      for (String name : kind.credentials()) {
        if (!known.contains(name)) {
          throw new IllegalArgumentException(kind.role() + " names an unknown credential: " + name);
        }
      }
    }
  }

  static String policyOf(String credential) {
    return "leasehold-cred-" + credential;
  }
}
