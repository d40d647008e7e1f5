package dev.leasehold.experiments;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

/** The task API over its socket, where callers are known by their uid. */
final class TaskSocket {
  private TaskSocket() {}

  /** The body of the answer; throws unless it is a success. */
  static String post(Path socket, String path, String body) {
    String request =
        "POST %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
            .formatted(path, body.length(), body);
    try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
      ByteBuffer bytes = ByteBuffer.wrap(request.getBytes(UTF_8));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      String answer = new String(Channels.newInputStream(channel).readAllBytes(), UTF_8);
      if (!answer.startsWith("HTTP/1.1 2")) {
        throw new IllegalStateException(path + " gave " + answer);
      }
      return answer.substring(answer.indexOf("\r\n\r\n") + 4);
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }
}
