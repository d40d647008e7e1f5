package dev.leasehold.suite.sidecar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.leasehold.suite.sidecar.ControlClient.OpenedTask;
import dev.leasehold.testbed.Testbed;
import dev.leasehold.testbed.VaultMounts;
import dev.leasehold.testbed.target.DemoApi;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** No secret stands anywhere that an agent, an operator or an SRE can look. */
class CanaryIT {
  private final Testbed testbed = SharedTestbed.get();

  @Test
  void noSecretOfARunStandsInAnyAnswerLogAuditLineMetricOrJournal() throws IOException {
    try (DemoApi api = DemoApi.start(testbed.database());
        Rig rig =
            new Rig(testbed)
                .rules(OrdersRules.of(api.address(), VaultMounts.DATABASE_ROLE))
                .start()) {
      List<String> seenByTheAgent = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        // Given tasks of which some are used well, some badly, and of which each ends otherwise
        OpenedTask task =
            rig.agent().open(new JsonObject().put("kind", "restock").put("purpose", "round " + i));
        seenByTheAgent.add(withoutOwnToken(task.answer().copy(), task));
        for (String path : List.of("/orders", "/orders/../secrets", "/nothing", "/orders?x=1")) {
          ProxyCall.Answer answer =
              new ProxyCall("GET", api.address() + path)
                  .as(task)
                  .header("Authorization", "Basic bm90OnRoaXM=")
                  .send(rig.proxyPort());
          seenByTheAgent.add(answer.status() + " " + answer.headers() + answer.body());
        }
        rig.lastCredential(api);
        seenByTheAgent.add(rig.agent().view(task).encode());
        JsonObject report =
            rig.agent().end(task, List.of("completed", "failed", "cancelled").get(i % 3));
        assertEquals("complete", report.getString("proof"));
        seenByTheAgent.add(report.encode());
      }
      seenByTheAgent.add(
          rig.operator().call("GET", "/v1/access", new JsonObject()).expect(200).body().encode());
      seenByTheAgent.add(Admin.get(rig, "/metrics").body());
      seenByTheAgent.add(Admin.get(rig, "/readyz").body());
      assertEquals(0, rig.sidecar().stop());

      // Then none of it is found; closing the rig searches log, audit log and journal
      assertTrue(rig.secrets().size() >= 15, "secrets to look for");
      for (String text : seenByTheAgent) {
        rig.secrets().assertAbsentFrom("what the agent saw", text);
      }
    }
  }

  /** A task's own token is given to whoever opens it, in its answer and nowhere else. */
  private static String withoutOwnToken(JsonObject answer, OpenedTask task) {
    return answer.encode().replace(task.token(), "…");
  }

  @Test
  void theSearchFindsASecretInEveryFormThatItNames() throws IOException {
    String secret = "c4nary-Secret?/~ü";
    SecretSearch search = new SecretSearch();
    search.know("the canary", secret);
    byte[] bytes = secret.getBytes(StandardCharsets.UTF_8);
    List<String> planted = new ArrayList<>(List.of(HexFormat.of().formatHex(bytes)));
    for (String prefix : List.of("", "a", "ab")) {
      byte[] longer = (prefix + secret + "z").getBytes(StandardCharsets.UTF_8);
      planted.add(Base64.getEncoder().encodeToString(longer));
      planted.add(Base64.getUrlEncoder().encodeToString(longer));
    }
    planted.addAll(SecretSearch.forms(secret).values());
    for (String text : planted) {
      Path file = Files.createTempFile("canary", ".log");
      Files.write(file, ("before " + text + " after").getBytes(StandardCharsets.ISO_8859_1));
      assertThrows(AssertionError.class, () -> search.assertAbsentFrom(file), text);
      Files.delete(file);
    }
    assertThrows(
        AssertionError.class,
        () -> search.assertAbsentFrom("a log", "token=hvs." + "A".repeat(24)));
    search.assertAbsentFrom("an innocent text", "nothing to see here");
  }
}
