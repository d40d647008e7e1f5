package dev.leasehold.testbed.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.leasehold.testbed.target.RecordingUpstream;
import dev.leasehold.testbed.target.RecordingUpstream.Script;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TestCaTest {

  private final TestCa ca = TestCa.create("Test");
  @TempDir private Path folder = Path.of("");

  @Test
  void clientThatTrustsTheAuthorityAcceptsTheRightName() throws Exception {
    // When
    int status = statusFrom(ca.leaf("localhost", "127.0.0.1"), ca);

    // Then
    assertEquals(200, status);
  }

  @Test
  void wrongNameIsRefused() {
    assertThrows(IOException.class, () -> statusFrom(ca.leaf("other.example"), ca));
  }

  @Test
  void expiredCertificateIsRefused() {
    assertThrows(IOException.class, () -> statusFrom(ca.expiredLeaf("localhost"), ca));
  }

  @Test
  void anotherAuthorityIsRefused() {
    assertThrows(
        IOException.class, () -> statusFrom(ca.leaf("localhost"), TestCa.create("Another")));
  }

  @Test
  void filesArePem() throws IOException {
    // When
    Leaf.KeyFiles files = ca.leaf("localhost").write(folder, "upstream");

    // Then
    assertTrue(
        Files.readString(files.certificate()).startsWith("-----BEGIN CERTIFICATE-----\nMII"));
    assertTrue(Files.readString(files.key()).startsWith("-----BEGIN PRIVATE KEY-----\nM"));
  }

  private static int statusFrom(Leaf certificate, TestCa trusted)
      throws IOException, InterruptedException {
    try (RecordingUpstream upstream =
            RecordingUpstream.start(Script.answering(RecordingUpstream.OK), certificate);
        HttpClient client = HttpClient.newBuilder().sslContext(trusted.clientContext()).build()) {
      return client
          .send(HttpRequest.newBuilder(upstream.address()).build(), BodyHandlers.discarding())
          .statusCode();
    }
  }
}
