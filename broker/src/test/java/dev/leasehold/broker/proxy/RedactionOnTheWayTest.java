package dev.leasehold.broker.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.leasehold.broker.destination.Destination.Redact;
import dev.leasehold.broker.proxy.ProxyTester.OpenTask;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Secrets that come back in every way in which a target can say something. */
final class RedactionOnTheWayTest {
  private static final String SECRET = "s3cret-token-of-this-task";
  private static final String MASKED = "*".repeat(SECRET.length());

  private static ProxyTester proxy(RecordingUpstream upstream, Redact redact) throws IOException {
    return ProxyTester.setup()
        .credential("api", ProxyTester.bearer(), Map.of("token", SECRET))
        .destination("api", upstream.port(), to -> to.credential("api").redact(redact).websocket())
        .start();
  }

  private static RawAgent ask(
      RawAgent agent, ProxyTester proxy, RecordingUpstream upstream, String... more)
      throws IOException {
    OpenTask task = proxy.open();
    String host = "127.0.0.1:" + upstream.port();
    return agent.send(
        "GET http://%s/ HTTP/1.1\r\nHost: %s\r\n%s\r\n%s\r\n"
            .formatted(host, host, task.line(), String.join("", more)));
  }

  private static void await(CountDownLatch latch) throws IOException {
    try {
      latch.await();
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new IOException(stopped);
    }
  }

  @Test
  void callIsBrokenOffWhenTheSecretComesAfterTheAnswerHasBegun() throws Exception {
    // Given
    CountDownLatch begun = new CountDownLatch(1);
    try (RecordingUpstream upstream =
            RecordingUpstream.start(
                connection -> {
                  connection.head();
                  connection.send(
                      "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + "x".repeat(99));
                  await(begun);
                  connection.send(SECRET + "y".repeat(500));
                  connection.read();
                });
        ProxyTester proxy = proxy(upstream, Redact.CUT);
        RawAgent agent = proxy.agent()) {
      ask(agent, proxy, upstream);
      assertTrue(agent.readHead().startsWith("HTTP/1.1 200 "));
      String first = agent.exactly(50);

      // When
      begun.countDown();

      // Then
      assertEquals("x".repeat(50), first);
      assertThrows(IOException.class, () -> agent.exactly(950));
      proxy.auditLine("\"status\":200", "\"cause\":\"secret-in-response\"");
    }
  }

  @Test
  void secretInAnInterimAnswerIsMasked() throws Exception {
    // Given
    try (RecordingUpstream upstream =
            RecordingUpstream.start(
                connection -> {
                  connection.head();
                  connection.send("HTTP/1.1 103 Early Hints\r\nLink: </" + SECRET + ">\r\n\r\n");
                  connection.send("HTTP/1.1 204 No Content\r\n\r\n");
                });
        ProxyTester proxy = proxy(upstream, Redact.REPLACE);
        RawAgent agent = proxy.agent()) {

      // When
      String hints = ask(agent, proxy, upstream).readHead();

      // Then
      assertTrue(hints.startsWith("HTTP/1.1 103 "), hints);
      assertTrue(hints.contains("</" + MASKED + ">"), hints);
      assertTrue(agent.readHead().startsWith("HTTP/1.1 204 "));
    }
  }

  @Test
  void secretInAWebSocketIsMaskedWhereverItIsCut() throws Exception {
    // Given
    CountDownLatch half = new CountDownLatch(1);
    try (RecordingUpstream upstream =
            RecordingUpstream.start(
                connection -> {
                  connection.head();
                  connection.send(
                      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                          + "Connection: Upgrade\r\n"
                          + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n");
                  connection.send("\u0081\u001b{" + SECRET.substring(0, 20));
                  await(half);
                  connection.send(SECRET.substring(20) + "}");
                });
        ProxyTester proxy = proxy(upstream, Redact.REPLACE);
        RawAgent agent = proxy.agent()) {
      ask(
          agent,
          proxy,
          upstream,
          "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n",
          "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n");
      assertTrue(agent.readHead().startsWith("HTTP/1.1 101 "));
      String begun = agent.exactly(3);

      // When
      half.countDown();

      // Then
      assertEquals("\u0081\u001b{", begun);
      String rest = agent.rest();
      assertEquals(SECRET.length() + 1, rest.length());
      assertFalse(rest.contains(SECRET.substring(8)), rest);
      assertTrue(rest.endsWith("*****}"), rest);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"gzip", "deflate"})
  void secretInACodedAnswerIsMasked(String coding) throws Exception {
    // Given
    ByteArrayOutputStream coded = new ByteArrayOutputStream();
    try (OutputStream coder =
        coding.equals("gzip") ? new GZIPOutputStream(coded) : new DeflaterOutputStream(coded)) {
      coder.write(("x".repeat(16_380) + SECRET + "!").getBytes(StandardCharsets.US_ASCII));
    }
    String bytes = coded.toString(StandardCharsets.ISO_8859_1);
    try (RecordingUpstream upstream =
            RecordingUpstream.start(
                connection -> {
                  connection.head();
                  connection.send(
                      "HTTP/1.1 200 OK\r\nContent-Encoding: %s\r\nContent-Length: %d\r\n\r\n%s"
                          .formatted(coding, bytes.length(), bytes));
                });
        ProxyTester proxy = proxy(upstream, Redact.REPLACE);
        RawAgent agent = proxy.agent()) {

      // When
      String body = ask(agent, proxy, upstream).answer().body();

      // Then
      assertEquals("x".repeat(16_380) + MASKED + "!", body);
    }
  }

  @Test
  void secretOverTheBordersOfChunksIsMasked() throws Exception {
    // Given
    try (RecordingUpstream upstream =
            RecordingUpstream.start(
                connection -> {
                  connection.head();
                  connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
                  for (char letter : ("a" + SECRET + "b").toCharArray()) {
                    connection.send("1\r\n" + letter + "\r\n");
                  }
                  connection.send("0\r\n\r\n");
                });
        ProxyTester proxy = proxy(upstream, Redact.REPLACE);
        RawAgent agent = proxy.agent()) {

      // When
      String body = ask(agent, proxy, upstream).answer().body();

      // Then: at a flush less than 8 bytes of what may be a secret are let go of
      assertEquals(SECRET.length() + 2, body.length());
      assertFalse(body.contains(SECRET.substring(7)), body);
      assertTrue(body.startsWith("a") && body.endsWith("**b"), body);
    }
  }
}
