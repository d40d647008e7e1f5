package dev.leasehold.broker.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** One spoiled piece of a right configuration gives one error, at its place, and no other. */
class RulesTest {
  static Stream<Arguments> spoiled() {
    return Stream.of(
        of(
            "  workload-api: unix:///run/spire/agent.sock\n",
            "",
            "identity.workload-api",
            "missing"),
        of("max-open: 20", "max-open: 20\n    max-open: 20", "tasks.restock.max-open", "twice"),
        of("max-open: 20", "max-open: 0", "tasks.restock.max-open", "whole number"),
        of("max-open: 20", "max-open: \"20\"", "tasks.restock.max-open", "whole number"),
        of("    ttl: 10m", "    ttl: 10", "tasks.restock.ttl", "duration"),
        of("    ttl: 10m", "    ttl: 8d", "tasks.restock.ttl", "duration"),
        of("    drain: 0s", "    drain: 2m", "tasks.restock.drain", "duration"),
        of("    idle: 2m", "    idel: 2m", "tasks.restock.idel", "did you mean idle?"),
        of(
            "[broker-api, orders-db]",
            "[broker-api, orders-dp, orders-db]",
            "tasks.restock.destinations[1]",
            "did you mean orders-db?"),
        of(
            "[broker-api, orders-db]",
            "[broker-api, orders-db, orders-db]",
            "tasks.restock.destinations[2]",
            "twice"),
        of("    environment: staging\n", "", "destinations.broker-api.environment", "required"),
        of("    credential: rabbit\n", "", "credentials.rabbit", "never used"),
        of(
            "url: https://rabbit.internal:15671",
            "url: http://rabbit.internal:15672",
            "destinations.broker-api.credential",
            "plain text"),
        of(
            "url: https://rabbit.internal:15671",
            "url: https://u:p@rabbit.internal",
            "destinations.broker-api.url",
            "must be"),
        of(
            "url: https://rabbit.internal:15671",
            "url: https://rabbit.internal:99999",
            "destinations.broker-api.url",
            "port"),
        of(
            "[10.0.0.0/8]\n    allow",
            "[10.0.0.0/33]\n    allow",
            "destinations.broker-api.addresses[0]",
            ""),
        of(
            "{methods: [GET], paths: [\"/api/overview\", \"/api/queues/**\"]}",
            "{}",
            "destinations.broker-api.allow[0]",
            "needs methods or paths"),
        of(
            "methods: [POST]",
            "methods: [post]",
            "destinations.broker-api.allow[1].methods[0]",
            "capitals"),
        of(
            "    credential: orders-rw\n",
            "    credential: orders-rw\n    redact: cut\n",
            "destinations.orders-db.redact",
            "belongs to http"),
        of(
            "    credential: rabbit\n",
            "    credential: rabbit\n    env: [LD_PRELOAD]\n",
            "destinations.broker-api.env[0]",
            "steers programs"),
        of(
            "    credential: rabbit\n",
            "    credential: rabbit\n    endpoint: 10.0.0.1:80\n",
            "destinations.broker-api.endpoint",
            "loopback"),
        of(
            "    credential: rabbit\n",
            "    credential: rabbit\n    endpoint: 127.0.0.1:15080\n",
            "destinations.broker-api.endpoint",
            "same address as listen.proxy"),
        of(
            "    credential: rabbit\n",
            "    credential: rabbit\n    tunnel: true\n",
            "destinations.broker-api.tunnel",
            "never sent through an opaque tunnel"),
        of(
            "runtime-dir: /run/leasehold",
            "default-task: {kind: restock, purpose: manual order, uid: 1001}",
            "default-task",
            "listen.default-proxy"),
        of(
            "runtime-dir: /run/leasehold",
            "interception: {sign: pki/sign-intermediate}",
            "interception.sign",
            "must be MOUNT/root/sign-intermediate"),
        of(
            "runtime-dir: /run/leasehold",
            "interception: {sign: sys/root/sign-intermediate}",
            "interception.sign",
            "must be MOUNT/root/sign-intermediate"),
        of(
            "runtime-dir: /run/leasehold",
            "interception: {sign: pki/issuer/a/b/sign-intermediate}",
            "interception.sign",
            "must be MOUNT/root/sign-intermediate"),
        of(
            "runtime-dir: /run/leasehold",
            "interception: {sign: pki/root/sign-intermediate, ttl: 366d}",
            "interception.ttl",
            "duration"),
        of(
            "runtime-dir: /run/leasehold",
            "interception: {sign: pki/root/sign-intermediate, ttl: 12h}",
            "interception.ttl",
            "duration"),
        of(
            "runtime-dir: /run/leasehold",
            "interception: {ttl: 30d}",
            "interception.sign",
            "missing"),
        of(
            "  admin: 0.0.0.0:15090",
            "  admin: 0.0.0.0:15090\n  default-proxy: 127.0.0.1:15070",
            "listen.default-proxy",
            "needs a task"),
        of(
            "  admin: 0.0.0.0:15090",
            "  default-proxy: 10.0.0.1:15070\n"
                + "default-task: {kind: restock, purpose: manual order, uid: 1001}",
            "listen.default-proxy",
            "other machines"),
        of(
            "  admin: 0.0.0.0:15090",
            "  default-proxy: 127.0.0.1:15070\n"
                + "default-task: {kind: restok, purpose: manual order, uid: 1001}",
            "default-task.kind",
            "there is no tasks.restok"),
        of(
            "  admin: 0.0.0.0:15090",
            "  default-proxy: 127.0.0.1:15070\n"
                + "default-task: {kind: restock, purpose: a game, uid: 1001}",
            "default-task.purpose",
            "not among"),
        of("rabbitmq/creds/publisher", "rabbitmq/creds/+", "credentials.rabbit.vault.read", "path"),
        of("rabbitmq/creds/publisher", "sys/mounts", "credentials.rabbit.vault.read", "path"),
        of("rabbitmq/creds/publisher", "rabbitmq/../sys/x", "credentials.rabbit.vault.read", "dot"),
        of("publisher}", "publisher, data: {a: b}}", "credentials.rabbit.vault.data", "write"),
        of(
            "inject: {basic: {username: \"{username}\", password: \"{password}\"}}",
            "inject: {header: {name: Host, value: \"{password}\"}}",
            "credentials.rabbit.inject",
            "cannot carry"),
        of(
            "inject: {basic: {username: \"{username}\", password: \"{password}\"}}",
            "inject: {bearer: \"{username}\"}",
            "credentials.rabbit.inject",
            "no secret field"),
        of(
            "inject: {login:",
            "inject: {basic:",
            "destinations.orders-db.credential",
            "inject: login only"),
        of(
            "inject: {basic:",
            "inject: {login:",
            "destinations.broker-api.credential",
            "only a postgresql destination"),
        of(
            "    ttl: 5m\n    revocability: hard",
            "    ttl: 5m\n    revocability: static",
            "credentials.rabbit.exception",
            "reason and until"),
        of(
            "    classification: internal",
            "    classification: internal\n"
                + "    exception: {reason: none, until: 2099-01-01T00:00:00Z}",
            "credentials.rabbit.exception",
            "static only"),
        of(
            "classification: internal",
            "classification: secret",
            "credentials.rabbit.classification",
            "one of"),
        of("ttl: 90s", "ttl: 4s", "vault.heartbeat.ttl", "from 5s to 10m"),
        of("ca: file:/etc/vault-ca.pem", "ca: spiffe", "vault.server-id", "required"),
        of(
            "ca: file:/etc/vault-ca.pem",
            "ca: file:/etc/vault-ca.pem\n  server-id: spiffe://example.org/vault",
            "vault.server-id",
            "ca: spiffe only"),
        of("method: cert", "method: jwt", "vault.login.audience", "required"),
        of(
            "role: leasehold-buyer}\n  heartbeat",
            "role: leasehold-buyer, ttl: 10m}\n  heartbeat",
            "vault.login.ttl",
            "longer than the longest"),
        of(
            "role: leasehold-buyer-restock",
            "role: leasehold-buyer-heartbeat",
            "tasks.restock.vault.role",
            "already the role"),
        of("proxy: 127.0.0.1:15080", "proxy: 0.0.0.0:15080", "listen.proxy", "other machines"),
        of("admin: 0.0.0.0:15090", "admin: 127.0.0.1:15080", "listen.admin", "same address"),
        of(
            "uid: 1001, agent: spiffe://example.org/agent/buyer, ",
            "uid: 1001, ",
            "control.callers[0].agent",
            "required"),
        of(
            ", may: [open], kinds: [restock]",
            ", may: [open]",
            "control.callers[0].kinds",
            "required"),
        of(
            "{uid: 0, may: [operate]}",
            "{uid: 1001, may: [operate]}",
            "control.callers[1].uid",
            "same as"),
        of(
            "{uid: 0, may: [operate]}",
            "{token-file: t, may: [operate]}",
            "control.callers[1].token-file",
            "of no use without control.address"),
        of(
            "{uid: 0, may: [operate]}",
            "{uid: " + FakeMachine.OWN_UID + ", may: [operate]}",
            "control.callers[1].uid",
            "sidecar's own uid"),
        of(
            "agents: [\"spiffe://example.org/agent/buyer\"]",
            "agents: [\"spiffe://example.org/agent/buyer\","
                + " \"spiffe://example.org/leasehold/buyer\"]",
            "tasks.restock.agents[1]",
            "own SPIFFE ID"),
        of(
            "agents: [\"spiffe://example.org/agent/buyer\"]",
            "agents: [\"spiffe://example.org/agent/${WHO}\"]",
            "tasks.restock.agents[0]",
            "not expanded here"),
        of(
            "address: https://vault.internal:8200",
            "address: \"${NOT_THERE}\"",
            "vault.address",
            "environment variable not set: NOT_THERE"),
        of(
            "runtime-dir: /run/leasehold",
            "runtime-dir: &anchor /run/leasehold",
            "the file",
            "anchors"),
        of(
            "audit: {file: /var/log/leasehold/audit.jsonl, fsync: 100ms}",
            "audit: {file: /var/log/a, stdout: true}",
            "audit",
            "only one of"),
        of(
            "audit: {file: /var/log/leasehold/audit.jsonl, fsync: 100ms}",
            "audit: {stdout: true, fsync: always}",
            "audit.fsync",
            "belongs to file"),
        of("state-dir: /var/lib/leasehold", "state-dir:", "state-dir", "no value"));
  }

  private static Arguments of(String piece, String other, String path, String words) {
    return Arguments.of(piece, other, path, words);
  }

  @ParameterizedTest(name = "{2}: {3}")
  @MethodSource("spoiled")
  void everyRuleNamesThePlace(String piece, String other, String path, String words) {
    // When
    List<String> errors = Sample.errors(Sample.with(piece, other));

    // Then
    assertEquals(1, errors.size(), errors.toString());
    assertTrue(errors.getFirst().startsWith(path + " (line "), errors.toString());
    assertTrue(errors.getFirst().contains(words), errors.toString());
  }

  @Test
  void aRuntimeDirWhereOthersCouldPutTheirCaIsRefusedInItsLine() {
    FakeMachine machine = new FakeMachine().refusingRuntimeDir("can be written by others");
    List<String> errors = Sample.errors(Sample.load(Sample.text(), machine));
    assertEquals(List.of("runtime-dir (line 18): /run/leasehold can be written by others"), errors);
  }

  @Test
  void anUnsafeSwitchPermitsAndIsListed() {
    // Given
    String yaml =
        Sample.with("proxy: 127.0.0.1:15080", "proxy: 0.0.0.0:15080\n  unsafe-listen: true")
            .replace("https://rabbit.internal:15671", "http://rabbit.internal:15671")
            .replace("credential: rabbit", "credential: rabbit\n    unsafe-plaintext: true");

    // When
    Configuration configuration = Sample.loaded(yaml);

    // Then
    assertEquals(List.of("unsafe-listen", "unsafe-plaintext"), configuration.unsafe());
  }

  @Test
  void certificateWhoseKeyCouldNotBeReadIsWarnedOf() {
    // Given
    String mtls =
        Sample.replace(
            Sample.replace(
                Sample.text(),
                "inject: {basic: {username: \"{username}\", password: \"{password}\"}}",
                "inject: {mtls: {}}"),
            "{read: rabbitmq/creds/publisher}",
            "{write: pki/issue/agents, data: {common_name: a.example}}");
    String asked = Sample.replace(mtls, "a.example}", "a.example, private_key_format: pkcs8}");

    // Then
    assertTrue(Sample.warnings(mtls).toString().contains("private_key_format"));
    assertFalse(Sample.warnings(asked).toString().contains("private_key_format"));
  }

  @Test
  void aCaThatWouldEndBeforeItsTasksIsRefused() {
    String longer = Sample.with("    ttl: 10m", "    ttl: 1d");
    String signed = "interception: {sign: pki/issuer/default/sign-intermediate, ttl: %s}";
    String dir = "runtime-dir: /run/leasehold";

    List<String> errors = Sample.errors(Sample.replace(longer, dir, signed.formatted("2d")));
    assertEquals(1, errors.size(), errors.toString());
    assertTrue(errors.getFirst().contains("interception.ttl"), errors.toString());
    assertTrue(errors.getFirst().contains("three times the longest ttl"), errors.toString());
    assertEquals(List.of(), Sample.errors(Sample.replace(longer, dir, signed.formatted("3d"))));
  }

  @Test
  void anUnusualHeartbeatIsWarnedOf() {
    // When
    List<String> warnings = Sample.warnings(Sample.with("ttl: 90s", "ttl: 30s"));

    // Then
    assertTrue(
        warnings.stream().anyMatch(warning -> warning.startsWith("vault.heartbeat.ttl (line 9)")),
        warnings.toString());
  }

  @Test
  void variablesAreExpandedInAddresses() {
    // Given
    FakeMachine machine = new FakeMachine().with("VAULT_ADDR", "https://vault.example:8200");
    String yaml = Sample.with("https://vault.internal:8200", "\"${VAULT_ADDR}\"");

    // When
    LoadResult result = Sample.load(yaml, machine);

    // Then
    assertEquals(List.of(), Sample.errors(result));
  }

  @Test
  void aFileThatACallerCouldWriteIsRefused() {
    // Given
    FakeMachine byOwner = new FakeMachine().file("config.yaml", 0100644, 1001, 1001);
    FakeMachine byGroup = new FakeMachine().file("config.yaml", 0100664, 0, 50).member(1001, 50);
    FakeMachine byAnyone = new FakeMachine().file("config.yaml", 0100666, 0, 0);
    FakeMachine byOthers = new FakeMachine().file("config.yaml", 0100664, 0, 50);

    // Then
    assertEquals(1, Sample.errors(Sample.load(Sample.text(), byOwner)).size());
    assertEquals(1, Sample.errors(Sample.load(Sample.text(), byGroup)).size());
    assertEquals(1, Sample.errors(Sample.load(Sample.text(), byAnyone)).size());
    assertEquals(List.of(), Sample.errors(Sample.load(Sample.text(), byOthers)));
  }

  @Test
  void aFileThatIsNamedMustBeThere() {
    // Given
    FakeMachine machine = new FakeMachine().without("vault-ca.pem");

    // When
    List<String> errors = Sample.errors(Sample.load(Sample.text(), machine));

    // Then
    assertEquals(List.of("vault.ca (line 7): there is no such file"), errors);
  }

  @Test
  void anythingThatIsNoConfigurationIsRefusedWithoutAnEcho() {
    for (String text :
        List.of("", "hunter2", "- hunter2", "{", "a: [hunter2", "\u0000", "a: b\n---\nc: d\n")) {
      // When
      List<String> errors = Sample.errors(text);

      // Then
      assertTrue(!errors.isEmpty(), text);
      assertTrue(errors.stream().noneMatch(error -> error.contains("hunter2")), errors.toString());
    }
  }
}
