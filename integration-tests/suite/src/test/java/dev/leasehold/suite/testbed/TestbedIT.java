package dev.leasehold.suite.testbed;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.leasehold.testbed.Needs;
import dev.leasehold.testbed.Testbed;
import dev.leasehold.testbed.VaultMounts;
import dev.leasehold.testbed.rabbitmq.RabbitServers;
import dev.leasehold.testbed.server.Setting;
import dev.leasehold.testbed.target.DemoApi;
import dev.leasehold.testbed.vault.VaultAnswer;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A whole trust domain with what this machine has: each server does its part for the others. */
final class TestbedIT {

  /** Everything, but for the RabbitMQ that a machine may lack where nothing demands it. */
  private static Testbed whole() {
    Set<Needs> needs = EnumSet.allOf(Needs.class);
    if (!RabbitServers.available() && Setting.realDemandedBy().isEmpty()) {
      System.out.println("testbed: no RabbitMQ on this machine");
      needs.remove(Needs.RABBITMQ);
    }
    return Testbed.start(needs.toArray(Needs[]::new));
  }

  @Test
  void leasedUserIsLetInByTheApiUntilItsRevocation() throws Exception {
    try (Testbed testbed = whole();
        HttpClient client = HttpClient.newHttpClient()) {
      // Given
      DemoApi api = testbed.keep(DemoApi.start(testbed.database()));
      URI orders = api.address().resolve("/orders");
      VaultAnswer creds =
          testbed.vaultAdmin().read("database/creds/" + VaultMounts.DATABASE_ROLE).orThrow();
      String lease = creds.body().getString("lease_id");
      int before = get(client, orders, creds.data());

      // When
      testbed
          .vaultAdmin()
          .write("sys/leases/revoke", new JsonObject().put("lease_id", lease).put("sync", true))
          .orThrow();

      // Then
      assertEquals(200, before);
      assertEquals(401, get(client, orders, creds.data()));
      assertFalse(testbed.vaultAdmin().leaseAlive(lease));
      assertFalse(testbed.database().leasedUsers().contains(creds.data().getString("username")));
      if (testbed.describe().contains("RabbitMQ")) {
        publisherIsAUserUntilItsRevocation(testbed, client);
      }
    }
  }

  private static void publisherIsAUserUntilItsRevocation(Testbed testbed, HttpClient client)
      throws Exception {
    VaultAnswer creds =
        testbed.vaultAdmin().read("rabbitmq/creds/" + VaultMounts.RABBIT_ROLE).orThrow();
    String user = creds.data().getString("username");
    URI overview = testbed.rabbit().management().resolve("/api/overview");
    int before = get(client, overview, creds.data());
    boolean listed = testbed.rabbit().users().contains(user);

    testbed
        .vaultAdmin()
        .write(
            "sys/leases/revoke",
            new JsonObject().put("lease_id", creds.body().getString("lease_id")).put("sync", true))
        .orThrow();

    assertEquals(200, before);
    assertTrue(listed);
    assertEquals(401, get(client, overview, creds.data()));
    assertFalse(testbed.rabbit().users().contains(user));
  }

  private static int get(HttpClient client, URI uri, JsonObject login)
      throws IOException, InterruptedException {
    String pair = login.getString("username") + ":" + login.getString("password");
    HttpResponse<Void> response =
        client.send(
            HttpRequest.newBuilder(uri)
                .header(
                    "Authorization",
                    "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(UTF_8)))
                .build(),
            BodyHandlers.discarding());
    return response.statusCode();
  }

  @Test
  void closedTestbedLeavesNoProcessAndNoFolder() {
    // Given
    Testbed testbed = whole();
    Path folder = testbed.folder();
    assertTrue(working(folder) > 0 || testbed.describe().contains("embedded"), testbed.describe());

    // When
    testbed.close();

    // Then
    assertEquals(0, working(folder));
    assertTrue(Files.notExists(folder));
  }

  /** Processes of this machine that name the folder among their arguments. */
  private static long working(Path folder) {
    return ProcessHandle.allProcesses()
        .filter(
            process -> process.info().commandLine().orElse("").contains(folder.toString() + "/"))
        .count();
  }
}
