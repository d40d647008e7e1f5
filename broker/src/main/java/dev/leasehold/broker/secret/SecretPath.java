package dev.leasehold.broker.secret;

import java.util.Map;

/**
 * Where a credential is fetched in the store.
 *
 * @param verb read, or write for engines that make credentials by POST (pki/issue, kubernetes)
 * @param path the API path without {@code /v1/}, e.g. {@code database/creds/orders-rw}
 * @param data the body of a write; empty for a read
 */
public record SecretPath(Verb verb, String path, Map<String, String> data) {
  /** How the path is called. */
  public enum Verb {
    READ,
    WRITE
  }

  public SecretPath {
    data = Map.copyOf(data);
    if (path.isEmpty() || path.startsWith("/") || path.endsWith("/")) {
      throw new IllegalArgumentException("path must be relative and not end in '/'");
    }
    if (verb == Verb.READ && !data.isEmpty()) {
      throw new IllegalArgumentException("a read has no data");
    }
  }

  public static SecretPath read(String path) {
    return new SecretPath(Verb.READ, path, Map.of());
  }

  public static SecretPath write(String path, Map<String, String> data) {
    return new SecretPath(Verb.WRITE, path, data);
  }
}
