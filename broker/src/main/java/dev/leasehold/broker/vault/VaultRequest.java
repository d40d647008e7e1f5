package dev.leasehold.broker.vault;

import dev.leasehold.broker.secret.SecretValue;
import io.github.jopenlibs.vault.json.JsonObject;
import java.util.Optional;

/**
 * One call of Vault's API.
 *
 * @param path without {@code /v1/}
 * @param token empty for a login
 * @param body empty sends none
 */
record VaultRequest(
    Operation operation,
    Method method,
    String path,
    Optional<SecretValue> token,
    Optional<JsonObject> body) {

  /** The methods that Vault and OpenBao both document. */
  enum Method {
    GET,
    POST
  }

  static VaultRequest get(Operation operation, String path, SecretValue token) {
    return new VaultRequest(operation, Method.GET, path, Optional.of(token), Optional.empty());
  }

  static VaultRequest post(Operation operation, String path, SecretValue token, JsonObject body) {
    return new VaultRequest(operation, Method.POST, path, Optional.of(token), Optional.of(body));
  }

  static VaultRequest post(Operation operation, String path, SecretValue token) {
    return new VaultRequest(operation, Method.POST, path, Optional.of(token), Optional.empty());
  }

  static VaultRequest login(String path, JsonObject body) {
    return new VaultRequest(
        Operation.LOGIN, Method.POST, path, Optional.empty(), Optional.of(body));
  }

  /** Names the call without its token or body. */
  @Override
  public String toString() {
    return method + " " + path;
  }
}
