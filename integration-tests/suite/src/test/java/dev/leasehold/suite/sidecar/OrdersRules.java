package dev.leasehold.suite.sidecar;

import java.net.URI;

/** The configuration of a task kind that uses a database's users at an HTTP API. */
public final class OrdersRules {
  private OrdersRules() {}

  /**
   * One kind, {@code restock}, with one destination and one credential, {@code orders-db}.
   *
   * @param api the upstream's address
   * @param role of the database engine
   */
  static String of(URI api, String role) {
    return """
    tasks:
      restock:
        agents: ["%s", "%s"]
        ttl: 5m
        max-open: 50
        vault: {role: "leasehold-${rig}-restock"}
        destinations: [orders-api]
    destinations:
      orders-api:
        url: %s
        environment: test
        addresses: [127.0.0.0/8, "::1"]
        %s
        allow:
          - {methods: [GET, POST], paths: ["/orders"]}
        credential: orders-db
    """
            .formatted(
                Rig.AGENT,
                Rig.NEIGHBOUR,
                api,
                "https".equals(api.getScheme())
                    ? "tls: {ca: 'file:${folder}/upstream-ca.pem'}"
                    : "")
        + credentials(role);
  }

  /**
   * The section {@code credentials} with one, {@code orders-db}.
   *
   * @param role of the database engine
   */
  public static String credentials(String role) {
    return """
    credentials:
      orders-db:
        vault: {read: database/creds/%s}
        inject: {basic: {username: "{username}", password: "{password}"}}
        ttl: 5m
        revocability: hard
        owner: orders-team
        classification: confidential
    """
        .formatted(role);
  }

  /** The same with the database asked whether the user is gone. */
  static String verified(URI api, String role, String database, String username) {
    return of(api, role)
        + """
            verify:
              postgresql: {url: %s, username: %s, password: "file:${folder}/verifier.password"}
        """
            .formatted(database, username);
  }
}
