package dev.leasehold.broker.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.leasehold.broker.proxy.RawAgent.Answer;
import io.netty.util.internal.PlatformDependent;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

/** Answers that a target coded although it was asked not to, beyond the plainest ones. */
final class CodedAnswerTest {
  private static final String SECRET = "s3cret-token-of-this-task";
  private static final int MIB = 1024 * 1024;

  private static byte[] gzip(byte[] plain) throws IOException {
    ByteArrayOutputStream coded = new ByteArrayOutputStream();
    try (OutputStream coder = new GZIPOutputStream(coded)) {
      coder.write(plain);
    }
    return coded.toByteArray();
  }

  private static String member(String plain) throws IOException {
    return new String(gzip(plain.getBytes(StandardCharsets.US_ASCII)), StandardCharsets.ISO_8859_1);
  }

  private static RecordingUpstream answering(String coded) throws IOException {
    return RecordingUpstream.start(
        connection -> {
          while (!connection.head().isEmpty()) {
            connection.send(
                "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: "
                    + coded.length()
                    + "\r\n\r\n"
                    + coded);
          }
        });
  }

  private static ProxyTester proxy(RecordingUpstream upstream) throws IOException {
    return ProxyTester.setup()
        .credential("api", ProxyTester.bearer(), Map.of("token", SECRET))
        .destination("api", upstream.port(), to -> to.credential("api"))
        .start();
  }

  private static RawAgent ask(RawAgent agent, ProxyTester proxy, RecordingUpstream upstream)
      throws IOException {
    String host = "127.0.0.1:" + upstream.port();
    return agent.head("GET http://" + host + "/ HTTP/1.1", "Host: " + host, proxy.open().line());
  }

  private static Answer get(String coded) throws IOException {
    try (RecordingUpstream upstream = answering(coded);
        ProxyTester proxy = proxy(upstream);
        RawAgent agent = proxy.agent()) {
      return ask(agent, proxy, upstream).answer();
    }
  }

  @Test
  void gzipOfSeveralMembersIsDecodedWhole() throws Exception {
    // When
    Answer answer = get(member("first ") + member("") + member("second"));

    // Then
    assertEquals("first second", answer.body());
  }

  @Test
  void secondMemberThatBreaksOffIsNeverTakenForTheEnd() throws Exception {
    // Given
    String second = member("second");

    // Then
    assertThrows(
        IOException.class,
        () -> get(member("first ") + second.substring(0, second.length() - 5)).body());
  }

  @Test
  void wrongChecksumBreaksTheAnswerOff() throws Exception {
    // Given
    String whole = member("hello");
    String broken =
        whole.substring(0, whole.length() - 8) + "abcd" + whole.substring(whole.length() - 4);

    // Then
    assertThrows(IOException.class, () -> get(broken).body());
  }

  @Test
  void headerWithAllItsPartsIsSkippedEvenByteByByte() throws Exception {
    // Given
    String plain = member("hello");
    String parts =
        "\u001f\u008b\b\u001e\0\0\0\0\0\u00ff" + "\u0003\0abc" + "name\0" + "remark\0" + "hc";
    String coded = parts + plain.substring(10);
    try (RecordingUpstream upstream =
            RecordingUpstream.start(
                connection -> {
                  connection.head();
                  connection.socket().setTcpNoDelay(true);
                  connection.send("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n");
                  for (int i = 0; i < coded.length(); i++) {
                    connection.send(coded.substring(i, i + 1));
                  }
                });
        ProxyTester proxy = proxy(upstream);
        RawAgent agent = proxy.agent()) {

      // When
      Answer answer = ask(agent, proxy, upstream).answer();

      // Then
      assertEquals("hello", answer.body());
    }
  }

  @Test
  void codedAnswerWithoutABodyIsEmpty() throws Exception {
    // When
    Answer answer = get("");

    // Then
    assertEquals(200, answer.status());
    assertEquals("", answer.body());
  }

  @Test
  void nextCallOnTheConnectionIsAnsweredAfterACodedOne() throws Exception {
    // Given
    try (RecordingUpstream upstream = answering(member("x".repeat(3 * MIB)));
        ProxyTester proxy = proxy(upstream);
        RawAgent agent = proxy.agent()) {

      // When
      int first = ask(agent, proxy, upstream).answer().body().length();
      int second = ask(agent, proxy, upstream).answer().body().length();

      // Then
      assertEquals(3 * MIB, first);
      assertEquals(3 * MIB, second);
    }
  }

  @Test
  void whatGrowsAThousandfoldIsDecodedOnlyAsFastAsItIsTaken() throws Exception {
    // Given
    long plain = 128L * MIB;
    String bomb = new String(gzip(new byte[(int) plain]), StandardCharsets.ISO_8859_1);
    try (RecordingUpstream upstream = answering(bomb);
        ProxyTester proxy = proxy(upstream);
        RawAgent agent = proxy.agent()) {
      String host = "127.0.0.1:" + upstream.port();
      agent.head("GET http://" + host + "/ HTTP/1.0", "Host: " + host, proxy.open().line());
      agent.readHead();
      long before = PlatformDependent.usedDirectMemory();

      // When
      InputStream body = agent.socket().getInputStream();
      byte[] buffer = new byte[64 * 1024];
      long taken = 0;
      long most = 0;
      for (int read = body.read(buffer); read >= 0; read = body.read(buffer)) {
        taken += read;
        most = Math.max(most, PlatformDependent.usedDirectMemory() - before);
      }

      // Then
      assertEquals(plain, taken);
      assertTrue(before >= 0, "direct memory is not counted here");
      assertTrue(most < 16L * MIB, most + " bytes were held");
    }
  }
}
