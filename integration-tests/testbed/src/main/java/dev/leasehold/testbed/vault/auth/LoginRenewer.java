package dev.leasehold.testbed.vault.auth;

import dev.leasehold.testbed.vault.token.Logins.Settings;
import dev.leasehold.testbed.vault.token.Token;
import dev.leasehold.testbed.vault.wire.VaultRequest;

/** An auth method asked whether a token of its own may live longer. */
interface LoginRenewer {

  /**
   * The settings that the renewal goes by, as they are now; refuses where the request does not
   * prove the same identity as the login did.
   */
  Settings renewing(Token token, VaultRequest request);
}
