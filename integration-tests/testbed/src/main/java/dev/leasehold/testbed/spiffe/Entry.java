package dev.leasehold.testbed.spiffe;

import java.time.Duration;

/**
 * A registration entry: processes of this uid get this identity.
 *
 * @param ttl of each X.509-SVID
 */
record Entry(String spiffeId, int uid, String dnsName, Duration ttl) {

  Entry {
    if (!spiffeId.startsWith("spiffe://")) {
      throw new IllegalArgumentException("no SPIFFE ID: " + spiffeId);
    }
    if (ttl.isNegative() || ttl.isZero()) {
      throw new IllegalArgumentException("ttl must be positive: " + ttl);
    }
  }

  String trustDomain() {
    return spiffeId.substring("spiffe://".length()).split("/", 2)[0];
  }
}
