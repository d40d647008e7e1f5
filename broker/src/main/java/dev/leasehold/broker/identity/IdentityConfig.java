package dev.leasehold.broker.identity;

import java.net.URI;
import java.util.Optional;

/**
 * Where our identity comes from.
 *
 * @param workloadApi {@code unix:///path} or {@code tcp://ip:port} of the Workload API
 * @param spiffeId which SVID is ours when several are offered; may be empty when there is one
 */
public record IdentityConfig(URI workloadApi, Optional<String> spiffeId) {
  public IdentityConfig {
    String scheme = workloadApi.getScheme();
    if (!"unix".equals(scheme) && !"tcp".equals(scheme)) {
      throw new IllegalArgumentException("workload-api must be a unix: or tcp: address");
    }
    spiffeId.ifPresent(
        id -> {
          if (!id.startsWith("spiffe://") || id.indexOf('/', "spiffe://".length()) < 0) {
            throw new IllegalArgumentException("spiffe-id must be spiffe://<trust domain>/<path>");
          }
        });
  }
}
