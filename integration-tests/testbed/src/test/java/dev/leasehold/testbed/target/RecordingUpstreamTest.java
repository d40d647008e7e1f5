package dev.leasehold.testbed.target;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.leasehold.testbed.server.Await;
import dev.leasehold.testbed.target.RecordingUpstream.Script;
import dev.leasehold.testbed.tls.TestCa;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;

final class RecordingUpstreamTest {

  @Test
  void exactBytesAreKeptWhateverTheyAre() throws IOException {
    // Given
    byte[] bytes = new byte[256];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) i;
    }
    try (RecordingUpstream upstream = RecordingUpstream.start(Conversation::readToEnd)) {

      // When
      try (Socket socket = connect(upstream)) {
        socket.getOutputStream().write(bytes);
      }

      // Then
      Await.until("all has arrived", () -> upstream.text().length() == bytes.length);
      assertArrayEquals(bytes, upstream.conversations().getFirst().received());
    }
  }

  @Test
  void everyRequestGetsTheNextAnswerBodiesIncluded() throws IOException {
    // Given
    try (RecordingUpstream upstream = RecordingUpstream.start(Script.answering("one;", "two;"));
        Socket socket = connect(upstream)) {

      // When
      send(socket, "POST / HTTP/1.1\r\nContent-Length: 4\r\n\r\n\r\n\r\n");
      send(
          socket,
          "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n"
              + "GET / HTTP/1.1\r\n\r\n");
      String answers = new String(socket.getInputStream().readNBytes(12), ISO_8859_1);

      // Then
      assertEquals("one;two;two;", answers);
    }
  }

  @Test
  void connectionMayBeReset() throws IOException {
    // Given
    Script script =
        conversation -> {
          conversation.readHead();
          conversation.write("HTTP/1.1 200 OK\r\n");
          conversation.reset();
        };
    try (RecordingUpstream upstream = RecordingUpstream.start(script);
        Socket socket = connect(upstream)) {

      // When
      send(socket, "GET / HTTP/1.1\r\n\r\n");

      // Then
      assertThrows(SocketException.class, () -> socket.getInputStream().readAllBytes());
    }
  }

  @Test
  void askedServerNameIsKept() throws IOException {
    // Given
    TestCa ca = TestCa.create("Test");
    try (RecordingUpstream upstream =
            RecordingUpstream.start(Script.answering("x"), ca.leaf("api.example"));
        SSLSocket socket =
            (SSLSocket)
                ca.clientContext()
                    .getSocketFactory()
                    .createSocket("localhost", upstream.address().getPort())) {
      SSLParameters parameters = socket.getSSLParameters();
      parameters.setServerNames(List.of(new SNIHostName("api.example")));
      socket.setSSLParameters(parameters);

      // When
      send(socket, "GET / HTTP/1.1\r\n\r\n");
      int answer = socket.getInputStream().read();

      // Then
      assertEquals('x', answer);
      assertEquals("api.example", upstream.conversations().getFirst().serverName());
    }
  }

  private static Socket connect(RecordingUpstream upstream) throws IOException {
    return new Socket("localhost", upstream.address().getPort());
  }

  private static void send(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(ISO_8859_1));
  }
}
