package dev.leasehold.testbed.vault.wire;

import io.vertx.core.json.JsonObject;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One request as Vault sees it.
 *
 * @param path without the leading {@code /v1/}
 * @param token the value of {@code X-Vault-Token}, if any
 * @param certificates the client's chain, leaf first; empty without a client certificate
 */
public record VaultRequest(
    String method,
    Operation operation,
    String path,
    Map<String, String> query,
    JsonObject body,
    @Nullable String token,
    List<X509Certificate> certificates) {

  public VaultRequest {
    query = Map.copyOf(query);
    certificates = List.copyOf(certificates);
  }

  /** The same request, asking for another operation. */
  public VaultRequest as(Operation other) {
    return new VaultRequest(method, other, path, query, body, token, certificates);
  }

  /** The token is a secret. */
  @Override
  public String toString() {
    return method + " " + path;
  }
}
