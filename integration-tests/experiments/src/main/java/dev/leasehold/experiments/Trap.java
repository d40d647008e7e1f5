package dev.leasehold.experiments;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * One port of every address of this machine. Which of them a caller had dialled the kernel knows,
 * whatever the caller thought.
 */
final class Trap implements AutoCloseable {
  private final ServerSocket listener = new ServerSocket(0, 200);
  private final List<String> dialled = new CopyOnWriteArrayList<>();

  Trap() throws IOException {
    Thread.ofVirtual().start(this::accept);
  }

  int port() {
    return listener.getLocalPort();
  }

  /** The addresses that were dialled, other than this one. */
  long dialledOtherThan(String address) {
    return dialled.stream().filter(one -> !one.equals(address)).count();
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket socket = listener.accept();
        dialled.add(socket.getLocalAddress().getHostAddress());
        Thread.ofVirtual().start(() -> answer(socket));
      } catch (IOException closed) {
        return;
      }
    }
  }

  /** What stands behind {@code /to/} in the path is where the caller is redirected. */
  private static void answer(Socket socket) {
    try (socket) {
      StringBuilder head = new StringBuilder();
      while (head.indexOf("\r\n\r\n") < 0) {
        int next = socket.getInputStream().read();
        if (next < 0) {
          return;
        }
        head.append((char) next);
      }
      String path = head.toString().split(" ", 3)[1];
      int at = path.indexOf("/to/");
      String answer =
          at < 0
              ? "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"
              : "HTTP/1.1 302 Found\r\nLocation: http://%s/\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                  .formatted(path.substring(at + 4));
      socket.getOutputStream().write(answer.getBytes(ISO_8859_1));
    } catch (IOException gone) {
      return;
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }
}
