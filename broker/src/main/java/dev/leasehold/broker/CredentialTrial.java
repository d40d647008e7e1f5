package dev.leasehold.broker;

import dev.leasehold.broker.config.Configuration;
import dev.leasehold.broker.lease.Credential;
import dev.leasehold.broker.secret.IssuedSecret;
import dev.leasehold.broker.secret.Revocability;
import dev.leasehold.broker.secret.SecretStore;
import dev.leasehold.broker.secret.SecretStoreException;
import dev.leasehold.broker.secret.TaskToken;
import dev.leasehold.broker.secret.TaskTokenRequest;
import dev.leasehold.broker.task.TaskKind;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Fetches one secret of each credential with the token that a task of a kind would have, compares
 * it with what the configuration says of it, and has it revoked.
 */
final class CredentialTrial {
  private static final Duration LIFE = Duration.ofMinutes(2);

  private final SecretStore store;
  private final Configuration configuration;
  private final Findings findings;
  private final Set<String> tried = new HashSet<>();

  CredentialTrial(SecretStore store, Configuration configuration, Findings findings) {
    this.store = store;
    this.configuration = configuration;
    this.findings = findings;
  }

  /** Tries the kind's token, and those of its credentials that no kind before had. */
  void kind(TaskKind kind) {
    Set<String> names = configuration.credentialsOf(kind);
    String what = "tasks." + kind.name();
    if (names.isEmpty()) {
      findings.fine(what, "has no credential");
      return;
    }
    try {
      TaskToken token =
          store.openTaskToken(
              new TaskTokenRequest(
                  kind.vaultRole(),
                  names,
                  LIFE,
                  "leasehold-check",
                  Map.of("task", "check", "kind", kind.name(), "agent", "none")));
      findings.fine(what, "the role " + kind.vaultRole() + " gives its token");
      try {
        names.stream().sorted().filter(tried::add).forEach(name -> credential(token, name));
      } finally {
        token.token().destroy();
        store.revokeAccessor(token.accessor());
      }
    } catch (SecretStoreException refused) {
      findings.failed(what, String.valueOf(refused.getMessage()));
    }
  }

  private void credential(TaskToken token, String name) {
    Credential credential =
        Optional.ofNullable(configuration.credentials().get(name)).orElseThrow();
    String what = "credentials." + name;
    IssuedSecret secret;
    try {
      secret = store.read(token, credential.path());
    } catch (SecretStoreException refused) {
      String more =
          refused.kind() == SecretStoreException.Kind.UNANSWERED
              ? "; a lease that was made all the same ends with its token, in two minutes at most"
              : "";
      findings.failed(what, refused.getMessage() + more);
      return;
    }
    try {
      compare(what, credential, secret);
    } finally {
      secret.fields().destroy();
      secret.leaseId().ifPresent(lease -> giveBack(what, lease));
    }
  }

  private void compare(String what, Credential credential, IssuedSecret secret) {
    List<String> missing =
        credential.fields().stream()
            .filter(field -> secret.fields().field(field).isEmpty())
            .sorted()
            .toList();
    boolean leased = secret.leaseId().isPresent();
    boolean revocable =
        switch (credential.revocability()) {
          case HARD, SOFT -> true;
          case TTL_ONLY, STATIC -> false;
        };
    if (!missing.isEmpty()) {
      findings.failed(
          what,
          "the answer lacks what inject names: "
              + missing
              + "; it has "
              + secret.fields().names().stream().sorted().toList());
    } else if (revocable && !leased) {
      findings.failed(
          what, "Vault gives no lease for it: it cannot be revoked; it is static or ttl-only");
    } else if (credential.revocability() == Revocability.STATIC && leased) {
      findings.failed(what, "Vault gives a lease for it: it is not static");
    } else {
      findings.fine(what, "can be had" + (leased ? " and comes with a lease" : ""));
    }
    if (leased && secret.leaseDuration().compareTo(credential.ttl()) > 0) {
      findings.warned(
          what,
          "Vault gives it for "
              + secret.leaseDuration().toSeconds()
              + " s, longer than its ttl of "
              + credential.ttl().toSeconds()
              + " s; shorten it in the engine's role");
    }
  }

  private void giveBack(String what, String lease) {
    try {
      store.revokeLease(lease);
    } catch (SecretStoreException refused) {
      findings.failed(what, "its lease could not be revoked: " + refused.getMessage());
      return;
    }
    switch (store.lookupLease(lease)) {
      case DEAD -> {}
      case ALIVE -> findings.failed(what, "its lease is still there after it was revoked");
      case UNKNOWN -> findings.failed(what, "whether its lease is gone cannot be looked up");
    }
  }
}
