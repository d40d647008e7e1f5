package dev.leasehold.broker.client;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A control API that answers what it is told, on a Unix socket, and writes down what it is sent.
 */
final class FakeControl implements AutoCloseable {
  private final Path socket = Files.createTempDirectory("leasehold-client").resolve("c.sock");
  private final ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
  private final Map<String, String> answers = new ConcurrentHashMap<>();
  private final List<String> calls = new CopyOnWriteArrayList<>();

  FakeControl() throws IOException {
    server.bind(UnixDomainSocketAddress.of(socket));
    Thread.ofVirtual().start(this::accept);
  }

  String address() {
    return "unix://" + socket;
  }

  /** {@code call}: method and path. */
  FakeControl answers(String call, int status, String body) {
    int length = body.getBytes(StandardCharsets.UTF_8).length;
    answers.put(call, "HTTP/1.1 " + status + " X\r\nContent-Length: " + length + "\r\n\r\n" + body);
    return this;
  }

  /** Each call so far: connection number, method, path, authorization, body. */
  List<String> calls() {
    return List.copyOf(calls);
  }

  private void accept() {
    try {
      for (int number = 1; ; number++) {
        SocketChannel connection = server.accept();
        int name = number;
        Thread.ofVirtual().start(() -> serve(connection, name));
      }
    } catch (IOException closed) {
      // The test is over.
    }
  }

  private void serve(SocketChannel connection, int number) {
    try (connection) {
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(Channels.newInputStream(connection), StandardCharsets.UTF_8));
      String line;
      while ((line = in.readLine()) != null) {
        String call = line.replace(" HTTP/1.1", "");
        int length = 0;
        String authorization = "";
        for (line = String.valueOf(in.readLine());
            !line.isEmpty();
            line = String.valueOf(in.readLine())) {
          String lower = line.toLowerCase(Locale.ROOT);
          if (lower.startsWith("content-length: ")) {
            length = Integer.parseInt(lower.substring(16));
          } else if (lower.startsWith("authorization: ")) {
            authorization = line.substring(15) + " ";
          }
        }
        StringBuilder body = new StringBuilder();
        while (body.length() < length) {
          body.append((char) in.read());
        }
        calls.add(number + " " + call + " " + authorization + body);
        String answer = answers.getOrDefault(call, "HTTP/1.1 500 X\r\nContent-Length: 0\r\n\r\n");
        connection.write(ByteBuffer.wrap(answer.getBytes(StandardCharsets.UTF_8)));
      }
    } catch (IOException closed) {
      // The client has gone.
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
