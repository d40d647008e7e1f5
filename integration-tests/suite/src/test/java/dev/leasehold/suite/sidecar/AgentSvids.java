package dev.leasehold.suite.sidecar;

import dev.leasehold.testbed.Testbed;
import dev.leasehold.testbed.server.Account;
import dev.leasehold.testbed.spiffe.JwtSvids;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;

/** Agents that have SVIDs of their own; all of them are this process. */
final class AgentSvids {
  private static final Set<String> REGISTERED = new HashSet<>(); // guarded by itself

  private AgentSvids() {}

  /** A JWT-SVID of {@code agent} for that audience. */
  static String fetch(Testbed testbed, String agent, String audience) {
    synchronized (REGISTERED) {
      if (REGISTERED.add(agent)) {
        testbed.identity().register(agent, Account.uid(), "", Duration.ofHours(1));
      }
    }
    return JwtSvids.fetch(testbed.identity().workloadApi(), agent, audience);
  }

  /** One for {@code rig}'s sidecar, which must not turn up in any output of it. */
  static String fetch(Rig rig, String agent) {
    String svid = fetch(rig.testbed(), agent, rig.spiffeId());
    rig.secrets().know("JWT-SVID of " + agent, svid);
    return svid;
  }
}
