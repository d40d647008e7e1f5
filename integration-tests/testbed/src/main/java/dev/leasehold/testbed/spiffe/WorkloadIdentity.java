package dev.leasehold.testbed.spiffe;

import dev.leasehold.testbed.server.TestServer;
import java.net.URI;
import java.time.Duration;
import java.util.List;

/** A SPIFFE trust domain with one Workload API on this machine. Safe for use by several threads. */
public interface WorkloadIdentity extends TestServer {

  /** The bare name, such as {@code example.org}. */
  String trustDomain();

  /** {@code unix:///…} socket of the Workload API; its path is short enough for any client. */
  URI workloadApi();

  /**
   * Registers a workload known by its uid and returns once the Workload API serves it.
   *
   * @param spiffeId {@code spiffe://<trust domain>/…}
   * @param uid of the processes that get this identity
   * @param dnsName goes into the X.509-SVID as DNS name and as common name
   * @param ttl of each X.509-SVID; it is replaced at about half of it
   */
  void register(String spiffeId, int uid, String dnsName, Duration ttl);

  /** The trust domain's X.509 authorities, PEM. */
  String bundlePem();

  /** The public keys that JWT-SVIDs are verified with, each as PEM {@code PUBLIC KEY}. */
  List<String> jwtAuthoritiesPem();
}
