package dev.leasehold.testbed.vault.mount;

import dev.leasehold.testbed.vault.token.Token;
import dev.leasehold.testbed.vault.wire.Fields;
import dev.leasehold.testbed.vault.wire.Refusal;
import dev.leasehold.testbed.vault.wire.VaultRequest;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request on its way into a backend.
 *
 * @param mount the mount's full path, with its trailing slash
 * @param names what stood at the {@code {…}} of the path's pattern
 */
public record Call(
    VaultRequest request, @Nullable Token token, String mount, Map<String, String> names) {

  /** The token of the caller, where the path is not open to everyone. */
  public Token caller() {
    if (token == null) {
      throw Refusal.invalidToken();
    }
    return token;
  }

  public Fields fields() {
    return new Fields(request.body());
  }

  public String name(String of) {
    return names.getOrDefault(of, "");
  }
}
