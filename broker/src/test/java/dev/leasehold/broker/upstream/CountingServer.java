package dev.leasehold.broker.upstream;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Answers 200 to every head that comes, and remembers on which connection it came. */
final class CountingServer implements AutoCloseable {
  private final ServerSocket listener;
  private final List<Socket> connections = new CopyOnWriteArrayList<>();
  private final List<String> requests = new CopyOnWriteArrayList<>();

  private CountingServer(ServerSocket listener) {
    this.listener = listener;
    Thread.ofPlatform().daemon().start(this::accept);
  }

  static CountingServer at(String address) throws IOException {
    return new CountingServer(new ServerSocket(0, 50, InetAddress.ofLiteral(address)));
  }

  InetSocketAddress address() {
    return (InetSocketAddress) listener.getLocalSocketAddress();
  }

  int connections() {
    return connections.size();
  }

  /** Each as {@code number of its connection: first line}. */
  List<String> requests() {
    return List.copyOf(requests);
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = listener.accept();
        connections.add(socket);
        int number = connections.size();
        Thread.ofPlatform().daemon().start(() -> serve(socket, number));
      }
    } catch (IOException closed) {
      // the test is over
    }
  }

  private void serve(Socket socket, int number) {
    try (socket) {
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
      String first = in.readLine();
      while (first != null) {
        String line = first;
        while (line != null && !line.isEmpty()) {
          line = in.readLine();
        }
        requests.add(number + ": " + first);
        socket
            .getOutputStream()
            .write(
                "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        first = in.readLine();
      }
    } catch (IOException gone) {
      // the other side's decision
    }
  }

  @Override
  public void close() {
    try {
      listener.close();
      for (Socket socket : connections) {
        socket.close();
      }
    } catch (IOException unexpected) {
      throw new UncheckedIOException(unexpected);
    }
  }
}
