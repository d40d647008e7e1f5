package dev.leasehold.suite.sidecar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.leasehold.suite.sidecar.ControlClient.OpenedTask;
import dev.leasehold.testbed.Testbed;
import dev.leasehold.testbed.VaultMounts;
import dev.leasehold.testbed.server.FreePorts;
import dev.leasehold.testbed.target.Conversation;
import dev.leasehold.testbed.target.RecordingUpstream;
import dev.leasehold.testbed.target.RecordingUpstream.Script;
import dev.leasehold.testbed.tls.Leaf;
import dev.leasehold.testbed.tls.TestCa;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Upstreams that refuse, reset, and are not who they should be; and agents that try tricks. */
class UpstreamFaultsIT {
  private final Testbed testbed = SharedTestbed.get();

  private Rig rig(URI upstream) {
    return new Rig(testbed).rules(OrdersRules.of(upstream, VaultMounts.DATABASE_ROLE)).start();
  }

  private void assertRefused(Rig rig, URI upstream, String problem) {
    OpenedTask task = rig.agent().open("restock");
    Refusals before = rig.refusals();
    ProxyCall.Answer answer =
        new ProxyCall("GET", "http://" + upstream.getAuthority() + "/orders")
            .as(task)
            .send(rig.proxyPort());
    assertEquals(problem, answer.problem(), answer.body());
    assertEquals(502, answer.status());
    before.assertTold(problem);
    assertEquals("complete", rig.agent().end(task, "failed").getString("proof"));
    assertEquals(
        List.of(), testbed.vaultAdmin().leases("database/creds/" + VaultMounts.DATABASE_ROLE));
  }

  @Test
  void anUpstreamThatRefusesTheConnectionIsNamed() {
    URI nobody = URI.create("http://localhost:" + FreePorts.next());
    try (Rig rig = rig(nobody)) {
      assertRefused(rig, nobody, "upstream-connect");
    }
  }

  @Test
  void anUpstreamThatResetsIsNamed() {
    Script reset =
        conversation -> {
          conversation.readHead();
          conversation.reset();
        };
    try (RecordingUpstream upstream = RecordingUpstream.start(reset);
        Rig rig = rig(upstream.address())) {
      assertRefused(rig, upstream.address(), "upstream-reset");
    }
  }

  @Test
  void noSecretIsSentToAnUpstreamWithAnotherNamesCertificate() {
    assertNoSecretFor(testbed.ca().leaf("elsewhere.example"));
  }

  @Test
  void noSecretIsSentToAnUpstreamWithAnExpiredCertificate() {
    assertNoSecretFor(testbed.ca().expiredLeaf("localhost"));
  }

  @Test
  void noSecretIsSentToAnUpstreamOfAnUnknownAuthority() {
    assertNoSecretFor(TestCa.create("Somebody else").leaf("localhost"));
  }

  private void assertNoSecretFor(Leaf certificate) {
    try (RecordingUpstream upstream =
            RecordingUpstream.start(Script.answering(RecordingUpstream.OK), certificate);
        Rig rig = rig(upstream.address())) {
      assertRefused(rig, upstream.address(), "upstream-tls");
      for (Conversation conversation : upstream.conversations()) {
        assertEquals("", conversation.text(), "not a byte was read");
      }
    }
  }

  @Test
  void tricksWithHostPathAndFramingNeverReachTheUpstream() {
    try (RecordingUpstream upstream =
            RecordingUpstream.start(Script.answering(RecordingUpstream.OK));
        Rig rig = rig(upstream.address())) {
      OpenedTask task = rig.agent().open("restock");
      String base = upstream.address().toString();
      for (String path :
          List.of(
              "/orders/..%2fusers",
              "/orders/../users",
              "/orders%2f",
              "//orders",
              "/orders;x=1",
              "/orders/%2e%2e/users",
              "/ORDERS",
              "/orders%00",
              "/orders\\..\\users")) {
        Refusals before = rig.refusals();
        ProxyCall.Answer answer = new ProxyCall("GET", base + path).as(task).send(rig.proxyPort());
        assertTrue(answer.status() == 400 || answer.status() == 403, path + ": " + answer);
        before.assertTold(answer.problem());
      }
      for (List<String> framing :
          List.of(
              List.of("Content-Length", "5", "Transfer-Encoding", "chunked"),
              List.of("Content-Length", "5", "Content-Length", "6"),
              List.of("Content-Length", "5, 5"),
              List.of("Content-Length", "+5"),
              List.of("Transfer-Encoding", "gzip, chunked"),
              List.of("Transfer-Encoding", "xchunked"))) {
        Refusals before = rig.refusals();
        ProxyCall call = new ProxyCall("POST", base + "/orders").as(task);
        for (int i = 0; i < framing.size(); i += 2) {
          call.header(framing.get(i), framing.get(i + 1));
        }
        ProxyCall.Answer answer = call.send(rig.proxyPort());
        assertTrue(
            answer.status() == 400 || answer.status() == 501, framing + ": " + answer.status());
        before.assertTold(answer.problem());
      }
      Refusals before = rig.refusals();
      ProxyCall.Answer other =
          new ProxyCall("GET", base + "/orders")
              .as(task)
              .header("Host", "elsewhere.example")
              .send(rig.proxyPort());
      assertTrue(other.status() == 400 || other.status() == 421, "two Hosts: " + other);
      before.assertTold(other.problem());
      assertEquals(
          "destination-not-allowed",
          new ProxyCall("GET", "http://elsewhere.example/orders")
              .as(task)
              .send(rig.proxyPort())
              .problem());
      before.assertTold("destination-not-allowed");
      assertEquals(0, upstream.accepted(), upstream.text());
      assertEquals(
          List.of(),
          testbed.vaultAdmin().leases("database/creds/" + VaultMounts.DATABASE_ROLE),
          "a refused call fetches nothing");
      rig.agent().end(task, "completed");
    }
  }

  @Test
  void whoeverCannotNameATaskIsAskedTo() {
    try (RecordingUpstream upstream =
            RecordingUpstream.start(Script.answering(RecordingUpstream.OK));
        Rig rig = rig(upstream.address())) {
      OpenedTask task = rig.agent().open("restock");
      OpenedTask other = rig.agent().open("restock");
      String orders = upstream.address() + "/orders";
      ProxyCall.Answer none = new ProxyCall("GET", orders).send(rig.proxyPort());
      assertEquals(407, none.status());
      assertTrue(none.header("proxy-authenticate").startsWith("Basic"));
      for (ProxyCall call :
          List.of(
              new ProxyCall("GET", orders).as(task.id(), other.token()),
              new ProxyCall("GET", orders).as("no-such-task", task.token()),
              new ProxyCall("GET", orders).as(task.id(), "wrong"),
              new ProxyCall("GET", orders)
                  .header("Proxy-Authorization", "Bearer " + task.token()))) {
        Refusals before = rig.refusals();
        assertEquals("proxy-auth-required", call.send(rig.proxyPort()).problem());
        before.assertTold("proxy-auth-required");
      }
      assertEquals(0, upstream.accepted());
      rig.agent().end(task, "completed");
      rig.agent().end(other, "completed");
    }
  }

  @Test
  void connectToAPortThatNoDestinationHasIsRefusedWithAReason() {
    try (Rig rig = rig(URI.create("http://localhost:" + FreePorts.next()))) {
      OpenedTask task = rig.agent().open("restock");
      ProxyCall.Answer answer =
          new ProxyCall("CONNECT", "localhost:443").as(task).send(rig.proxyPort());
      assertEquals(403, answer.status());
      assertEquals("destination-not-allowed", answer.problem());
      rig.agent().end(task, "completed");
    }
  }
}
