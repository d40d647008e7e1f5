package dev.leasehold.suite.sidecar;

import dev.leasehold.testbed.Testbed;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What a rig's own configuration says before its rules: who it is, where it listens, for whom. */
final class RigConfiguration {
  private RigConfiguration() {}

  static String of(Rig rig, Duration heartbeat) {
    Testbed testbed = rig.testbed();
    Path folder = rig.folder();
    String login = "leasehold-" + rig.name();
    return """
    apiVersion: leasehold.dev/v1
    identity: {workload-api: "%s", spiffe-id: "%s"}
    vault:
      address: %s
      ca: file:%s/vault-ca.pem
      login: {method: cert, mount: auth/cert, role: %s}
      heartbeat: {role: %s-heartbeat, ttl: %ds}
    listen: {proxy: "127.0.0.1:%d", admin: "127.0.0.1:%d"%s}
    control:
      socket: %s
      address: 127.0.0.1:%d
      unsafe-same-uid: %s
      callers:
        - %s
    runtime-dir: %s/run
    state-dir: %s/state
    audit: {file: %s}
    """
        .formatted(
            rig.workloadApi(),
            rig.spiffeId(),
            testbed.vault().address(),
            folder,
            login,
            login,
            heartbeat.toSeconds(),
            rig.proxyPort(),
            rig.adminPort(),
            rig.defaultProxy().map(address -> ", default-proxy: '" + address + "'").orElse(""),
            rig.controlSocket(),
            rig.controlPort(),
            !rig.uids().areSeparate(),
            String.join("\n    - ", callers(rig)),
            folder,
            folder,
            rig.auditFile());
  }

  private static List<String> callers(Rig rig) {
    Uids uids = rig.uids();
    List<String> callers = new ArrayList<>();
    callers.add(
        "{token-file: '%s/agent.token', agent: '%s', may: [open], kinds: [restock]}"
            .formatted(rig.folder(), Rig.AGENT));
    callers.add("{token-file: '%s/operator.token', may: [operate]}".formatted(rig.folder()));
    callers.add(byUid(uids.agent(), Rig.AGENT));
    if (uids.areSeparate()) {
      callers.add(byUid(uids.neighbour(), Rig.NEIGHBOUR));
      callers.add("{uid: 0, may: [operate]}");
    }
    callers.addAll(rig.callers());
    return callers;
  }

  private static String byUid(int uid, String agent) {
    return "{uid: %d, agent: '%s', may: [open], kinds: [restock]}".formatted(uid, agent);
  }
}
