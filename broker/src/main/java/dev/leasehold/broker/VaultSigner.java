package dev.leasehold.broker;

import dev.leasehold.broker.ca.Constraints;
import dev.leasehold.broker.ca.Signer;
import dev.leasehold.broker.secret.SecretStoreException;
import dev.leasehold.broker.vault.Intermediate;
import dev.leasehold.broker.vault.SigningConfig;
import dev.leasehold.broker.vault.VaultSecretStore;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.util.List;

/** Has the interception CA signed by Vault's PKI. */
record VaultSigner(SigningConfig config, VaultSecretStore store) implements Signer {
  @Override
  public List<X509Certificate> sign(String name, String request, Constraints constraints)
      throws IOException {
    try {
      return store.sign(
          new Intermediate(
              config,
              constraints.permittedNames(),
              constraints.permittedRanges(),
              constraints.excludedRanges()),
          name,
          request);
    } catch (SecretStoreException refused) {
      String hint =
          refused.kind() == SecretStoreException.Kind.DENIED
              ? "; leasehold vault diff says what the login may not, apply writes it"
              : "";
      throw new IOException("it is not signed: " + refused.getMessage() + hint, refused);
    }
  }
}
