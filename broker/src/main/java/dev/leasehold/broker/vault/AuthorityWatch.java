package dev.leasehold.broker.vault;

import dev.leasehold.broker.identity.IdentitySnapshot;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Warns when the auth role at Vault may not know an authority that will soon sign our SVIDs.
 *
 * <p>We have no right to read that role, so this is what can be known without: at the first login
 * the role is taken to know every authority that the bundle then had; one that came later counts as
 * unknown until an SVID that it signed has logged in. Running {@code leasehold vault apply} again
 * does not take the warning back, the first login with the new authority does.
 */
final class AuthorityWatch {
  private final VaultConfig.Method method;
  private final Set<X509Certificate> known = new HashSet<>();
  private boolean begun;

  AuthorityWatch(VaultConfig.Method method) {
    this.method = method;
  }

  /** A login with this snapshot succeeded. */
  synchronized void usedBy(IdentitySnapshot snapshot) {
    if (!begun) {
      begun = true;
      known.addAll(snapshot.authorities());
    }
    X509Certificate last = snapshot.chain().getLast();
    for (X509Certificate authority : snapshot.authorities()) {
      if (signed(authority, last)) {
        known.add(authority);
      }
    }
  }

  synchronized List<String> warnings(Optional<IdentitySnapshot> now) {
    if (!begun || method != VaultConfig.Method.CERT) {
      return List.of();
    }
    return now.stream()
        .flatMap(snapshot -> snapshot.authorities().stream())
        .filter(authority -> !known.contains(authority))
        .map(
            authority ->
                "no login has used the trust authority "
                    + fingerprint(authority)
                    + " yet (valid from "
                    + authority.getNotBefore().toInstant()
                    + "): run leasehold vault apply before SPIRE signs with it")
        .sorted()
        .toList();
  }

  private static boolean signed(X509Certificate authority, X509Certificate certificate) {
    if (!authority.getSubjectX500Principal().equals(certificate.getIssuerX500Principal())) {
      return false;
    }
    try {
      certificate.verify(authority.getPublicKey());
      return true;
    } catch (GeneralSecurityException notIt) {
      return false;
    }
  }

  private static String fingerprint(X509Certificate authority) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(authority.getEncoded());
      return "SHA-256 " + HexFormat.of().formatHex(Arrays.copyOf(digest, 8)) + "…";
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
