package dev.leasehold.suite.sidecar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.leasehold.suite.sidecar.ControlClient.OpenedTask;
import dev.leasehold.suite.sidecar.Curl.Got;
import dev.leasehold.testbed.Testbed;
import dev.leasehold.testbed.VaultMounts;
import dev.leasehold.testbed.server.Await;
import dev.leasehold.testbed.server.Setting;
import dev.leasehold.testbed.target.DemoApi;
import dev.leasehold.testbed.vault.EmbeddedVault;
import dev.leasehold.testbed.vault.VaultAdmin;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** An interception CA that a real Vault's PKI signs, for programs that trust its root alone. */
class SignedInterceptionIT {
  private static final Testbed TESTBED = SharedTestbed.get();
  private static final VaultAdmin VAULT = TESTBED.vaultAdmin();
  private static DemoApi api;

  @BeforeAll
  static void start() {
    assumeTrue(
        Setting.realDemandedBy().isPresent() || !(TESTBED.vault() instanceof EmbeddedVault),
        "Vault's PKI has no stand-in");
    assumeTrue(TESTBED.vault().describe().contains("Vault"), "OpenBao cannot exclude IP addresses");
    api = DemoApi.start(TESTBED.database(), TESTBED.ca().leaf("localhost"));
  }

  @AfterAll
  static void stop() {
    if (api != null) {
      api.close();
    }
  }

  /** Sets up an engine of the organization, and gives its root. */
  private static String organization(String mount) {
    VAULT
        .write(
            "sys/mounts/" + mount,
            new JsonObject()
                .put("type", "pki")
                .put("config", new JsonObject().put("max_lease_ttl", "8760h")))
        .orThrow();
    return VAULT
        .write(
            mount + "/root/generate/internal",
            new JsonObject()
                .put("common_name", "The organization")
                .put("key_type", "ec")
                .put("ttl", "8000h"))
        .orThrow()
        .data()
        .getString("certificate");
  }

  private static Rig rig(String mount) {
    Rig rig =
        new Rig(TESTBED)
            .rules(
                "interception: {sign: "
                    + mount
                    + "/root/sign-intermediate}\n"
                    + OrdersRules.of(api.address(), VaultMounts.DATABASE_ROLE));
    rig.secrets().know("any private key", "PRIVATE KEY");
    return rig;
  }

  @Test
  void whoTrustsNothingButTheOrganizationsRootCallsThroughTheSidecar() throws IOException {
    String root = organization("pki-of-agents");
    try (Rig rig = rig("pki-of-agents").start()) {
      Path trusted = Files.writeString(rig.folder().resolve("organization.pem"), root);
      Files.setPosixFilePermissions(trusted, PosixFilePermissions.fromString("rw-r--r--"));
      OpenedTask task = rig.agent().open("restock");
      JsonObject proxy = task.answer().getJsonObject("proxy");

      // When
      Got got =
          Curl.as(
              rig.uids().agent(),
              "--noproxy",
              "",
              "-x",
              proxy.getString("url"),
              "--cacert",
              trusted.toString(),
              "--capath",
              "/nowhere",
              "https://localhost:" + api.address().getPort() + "/orders");

      // Then
      assertEquals(200, got.status(), got.body());
      rig.lastCredential(api);
      assertEquals(
          root.strip(),
          Files.readString(Path.of(proxy.getString("ca"))).strip(),
          "what is trusted");
      assertEquals("complete", rig.agent().end(task, "completed").getString("proof"));
    }
  }

  @Test
  void loginOfTheSidecarMayHaveNothingElseSigned() {
    organization("pki-of-others");
    try (Rig rig = rig("pki-of-others").start()) {
      String token =
          VAULT
              .write(
                  "auth/token/create",
                  new JsonObject()
                      .put(
                          "policies", new JsonArray(List.of("leasehold-" + rig.name() + "-login"))))
              .orThrow()
              .auth()
              .getString("client_token");
      JsonObject wanted =
          new JsonObject()
              .put("csr", "none")
              .put("common_name", "Leasehold interception 1")
              .put("exclude_cn_from_sans", "true")
              .put("excluded_ip_ranges", "0.0.0.0/0,::/0")
              .put("max_path_length", "0")
              .put("organization", "Leasehold")
              .put("permitted_dns_domains", "localhost")
              .put("ttl", "2592000s")
              .put("use_csr_values", "false");
      VaultAdmin login = VAULT.as(token);
      String path = "pki-of-others/root/sign-intermediate";

      assertEquals(400, login.write(path, wanted).status(), "allowed, and no request");
      for (String bound : wanted.fieldNames()) {
        if (!bound.equals("csr")) {
          assertEquals(
              403, login.write(path, wanted.copy().put(bound, "example.org")).status(), bound);
        }
        if (!bound.equals("csr") && !bound.equals("common_name")) {
          JsonObject without = wanted.copy();
          without.remove(bound);
          assertEquals(403, login.write(path, without).status(), "without " + bound);
        }
      }
      assertEquals(
          403, login.write(path, wanted.copy().put("permitted_ip_ranges", "10.0.0.0/8")).status());
    }
  }

  @Test
  void startWaitsForTheEngineAndSaysSo() {
    try (Rig rig = rig("pki-that-comes-later").setUpVault().serve()) {
      Admin.awaitAnswer(rig);
      Await.until(
          "the reason is told",
          () -> Admin.get(rig, "/readyz").body().contains("no interception CA: it is not signed"));
      assertEquals(503, Admin.get(rig, "/readyz").statusCode());
      assertTrue(
          rig.sidecar().output().contains("event=waiting cause=\"no interception CA"),
          rig.sidecar().output());

      organization("pki-that-comes-later");
      rig.awaitReady();
      assertEquals(200, Admin.get(rig, "/readyz").statusCode());
    }
  }
}
