package dev.leasehold.suite.sidecar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.leasehold.suite.sidecar.ControlClient.OpenedTask;
import dev.leasehold.testbed.Testbed;
import dev.leasehold.testbed.target.Conversation;
import dev.leasehold.testbed.target.RecordingUpstream;
import dev.leasehold.testbed.target.RecordingUpstream.Script;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Secrets in Vault that must not, or cannot, be put into a call. */
class BadSecretsIT {
  private static final Testbed TESTBED = SharedTestbed.get();
  private static RecordingUpstream upstream;
  private static Rig rig;

  @BeforeAll
  static void start() {
    upstream = RecordingUpstream.start(Script.answering(RecordingUpstream.OK));
    rig =
        new Rig(TESTBED)
            .rules(
                """
                tasks:
                  restock:
                    agents: ["%s", "%s"]
                    ttl: 5m
                    vault: {role: "leasehold-${rig}-restock"}
                    destinations: [partner]
                destinations:
                  partner:
                    url: %s
                    environment: test
                    addresses: [127.0.0.0/8, "::1"]
                    allow: [{methods: [GET], paths: ["/**"]}]
                    credential: partner-${rig}
                credentials:
                  partner-${rig}:
                    vault: {read: kv/data/${rig}}
                    inject: {header: {name: X-Partner-Key, value: "{token}"}}
                    revocability: static
                    exception: {reason: "the partner has no leases", until: 2099-01-01T00:00:00Z}
                    owner: partners
                    classification: internal
                """
                    .formatted(Rig.AGENT, Rig.NEIGHBOUR, upstream.address()))
            .start();
  }

  @AfterAll
  static void stop() {
    rig.close();
    upstream.close();
  }

  private static ProxyCall.Answer refusedWith(JsonObject secret) {
    Refusals before = rig.refusals();
    ProxyCall.Answer answer = callWith(secret);
    before.assertTold(answer.problem());
    assertEquals(
        0,
        Admin.metric(
            rig,
            "leasehold_leases_active{credential=\"partner-"
                + rig.name()
                + "\",revocability=\"static\"}"));
    return answer;
  }

  private static ProxyCall.Answer callWith(JsonObject secret) {
    TESTBED
        .vaultAdmin()
        .write("kv/data/" + rig.name(), new JsonObject().put("data", secret))
        .orThrow();
    OpenedTask task = rig.agent().open("restock");
    ProxyCall.Answer answer =
        new ProxyCall("GET", upstream.address() + "/stock").as(task).send(rig.proxyPort());
    JsonObject report = rig.agent().end(task, "completed");
    assertEquals("done", report.getString("state"), report.encode());
    return answer;
  }

  @ParameterizedTest
  @ValueSource(strings = {"\r\nX-Admin: true", "\n", "\r", "\0"})
  void aSecretThatWouldBreakTheRequestIsRefused(String bad) {
    String secret = UUID.randomUUID() + bad + UUID.randomUUID();
    rig.secrets().know("a bad secret", secret);
    int before = upstream.accepted();
    ProxyCall.Answer answer = refusedWith(new JsonObject().put("token", secret));
    assertEquals(502, answer.status());
    assertEquals("credential-invalid", answer.problem());
    rig.secrets().assertAbsentFrom("the answer", answer.toString());
    assertTrue(
        upstream.conversations().stream()
            .skip(before)
            .map(Conversation::text)
            .allMatch(""::equals));
  }

  @Test
  void aSecretTooShortToBeOneIsRefused() {
    assertEquals(
        "credential-invalid", refusedWith(new JsonObject().put("token", "short")).problem());
  }

  @Test
  void aMissingFieldIsNamed() {
    ProxyCall.Answer answer =
        refusedWith(new JsonObject().put("another", UUID.randomUUID().toString()));
    assertEquals(502, answer.status());
    assertEquals("credential-field-missing", answer.problem());
    assertTrue(answer.body().contains("token"), answer.body());
    assertFalse(answer.body().contains("another"), "what else is there is nobody's business");
  }

  @Test
  void aStaticSecretIsInjectedAndReportedAsWhatLivesOn() {
    String secret = UUID.randomUUID().toString();
    rig.secrets().know("the static secret", secret);
    TESTBED
        .vaultAdmin()
        .write(
            "kv/data/" + rig.name(),
            new JsonObject().put("data", new JsonObject().put("token", secret)))
        .orThrow();
    OpenedTask task = rig.agent().open("restock");
    assertEquals(
        200,
        new ProxyCall("GET", upstream.address() + "/stock")
            .as(task)
            .header("X-Partner-Key", "forged")
            .send(rig.proxyPort())
            .status());
    String seen = upstream.conversations().getLast().text();
    assertTrue(
        seen.toLowerCase(Locale.ROOT).contains("x-partner-key: " + secret + "\r\n"),
        "the secret was injected");
    assertFalse(seen.contains("forged"), seen);
    JsonObject report = rig.agent().end(task, "completed");
    assertEquals("residual", report.getString("proof"), report.encode());
    assertEquals(
        List.of("partner-" + rig.name()),
        report.getJsonArray("residual").stream()
            .map(entry -> ((JsonObject) entry).getString("credential"))
            .toList());
  }
}
