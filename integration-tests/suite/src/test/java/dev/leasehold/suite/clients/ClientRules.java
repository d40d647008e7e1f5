package dev.leasehold.suite.clients;

import dev.leasehold.suite.sidecar.OrdersRules;
import dev.leasehold.suite.sidecar.Rig;
import dev.leasehold.testbed.VaultMounts;
import java.net.URI;

/** The configuration before the upstream: one kind of task, and two destinations. */
final class ClientRules {
  private ClientRules() {}

  /**
   * @param api gets the credential
   * @param storage gets none
   */
  static String of(String resolver, URI api, URI storage) {
    return """
    resolver: "%s"
    tasks:
      restock:
        agents: ["%s", "%s"]
        ttl: 5m
        vault: {role: "leasehold-${rig}-restock"}
        destinations: [api, storage]
    destinations:
      api:
        url: %s
        environment: test
        addresses: [127.0.0.0/8]
        tls: {ca: "file:${folder}/upstream-ca.pem"}
        allow:
          - {methods: [GET, HEAD, POST, DELETE], paths: ["/**"]}
        deny:
          - {paths: ["/*/forbidden"]}
        env: [OPENAI_API_KEY, ANTHROPIC_API_KEY]
        credential: orders-db
      storage:
        url: %s
        addresses: [127.0.0.0/8]
        tls: {ca: "file:${folder}/upstream-ca.pem"}
        allow:
          - {methods: [GET, PUT], paths: ["/*/s3/*"]}
    """
            .formatted(resolver, Rig.AGENT, Rig.NEIGHBOUR, api, storage)
        + OrdersRules.credentials(VaultMounts.DATABASE_ROLE);
  }
}
