package dev.leasehold.experiments;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.Executor;

/** What the negative controls have in common: a port, and somebody who serves badly. */
abstract class FaultyProxy implements AutoCloseable {
  private final ServerSocket listener =
      new ServerSocket(0, 500, InetAddress.ofLiteral("127.0.0.1"));
  private final Executor servants;

  FaultyProxy(Executor servants) throws IOException {
    this.servants = servants;
  }

  /** With a thread for everybody who comes. */
  FaultyProxy() throws IOException {
    this(task -> Thread.ofVirtual().start(task));
  }

  /** Called at the end of the constructor. */
  final void begin() {
    Thread.ofVirtual().start(this::accept);
  }

  abstract void serve(Socket agent);

  int port() {
    return listener.getLocalPort();
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket agent = listener.accept();
        servants.execute(() -> serve(agent));
      } catch (IOException closed) {
        return;
      }
    }
  }

  /** One head; what there is of it when the other side ends. */
  static String head(Socket socket) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int next = socket.getInputStream().read();
      if (next < 0) {
        return head.toString();
      }
      head.append((char) next);
    }
    return head.toString();
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }
}
