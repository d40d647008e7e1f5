package dev.leasehold.broker.proxy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ServerSocketFactory;

/** A target that keeps every byte it gets and answers by script, on raw sockets. */
final class RecordingUpstream implements AutoCloseable {
  /** What is done with one connection. */
  @FunctionalInterface
  interface Script {
    void serve(Connection connection) throws IOException;
  }

  /** One connection, from the target's side. */
  static final class Connection {
    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;
    private final ByteArrayOutputStream seen;

    Connection(Socket socket, ByteArrayOutputStream seen) throws IOException {
      this.socket = socket;
      this.in = socket.getInputStream();
      this.out = socket.getOutputStream();
      this.seen = seen;
    }

    /** Reads to the end of the next head; empty at the end of the stream. */
    String head() throws IOException {
      StringBuilder head = new StringBuilder();
      while (head.indexOf("\r\n\r\n") < 0) {
        int c = read();
        if (c < 0) {
          return "";
        }
        head.append((char) c);
      }
      return head.toString();
    }

    int read() throws IOException {
      int c = in.read();
      if (c >= 0) {
        synchronized (seen) {
          seen.write(c);
        }
      }
      return c;
    }

    String body(int length) throws IOException {
      StringBuilder body = new StringBuilder();
      while (body.length() < length) {
        int c = read();
        if (c < 0) {
          break;
        }
        body.append((char) c);
      }
      return body.toString();
    }

    void send(String text) throws IOException {
      out.write(text.getBytes(StandardCharsets.ISO_8859_1));
      out.flush();
    }

    Socket socket() {
      return socket;
    }
  }

  private final ServerSocket server;
  private final Script script;
  private final List<ByteArrayOutputStream> recordings = new CopyOnWriteArrayList<>();
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();
  private final AtomicInteger requests = new AtomicInteger();

  private RecordingUpstream(ServerSocket server, Script script) {
    this.server = server;
    this.script = script;
  }

  static RecordingUpstream start(Script script) throws IOException {
    return start(ServerSocketFactory.getDefault(), script);
  }

  static RecordingUpstream start(ServerSocketFactory sockets, Script script) throws IOException {
    RecordingUpstream upstream =
        new RecordingUpstream(
            sockets.createServerSocket(0, 50, InetAddress.ofLiteral("127.0.0.1")), script);
    Thread.ofVirtual().start(upstream::accept);
    return upstream;
  }

  /** Answers every request, whatever its body, with 200 and {@code hello}. */
  static RecordingUpstream greeting() throws IOException {
    return start(RecordingUpstream::greet);
  }

  static void greet(Connection connection) throws IOException {
    while (!connection.head().isEmpty()) {
      connection.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
    }
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        sockets.add(socket);
        ByteArrayOutputStream seen = new ByteArrayOutputStream();
        recordings.add(seen);
        Thread.ofVirtual().start(() -> serve(socket, seen));
      } catch (IOException closed) {
        return;
      }
    }
  }

  private void serve(Socket socket, ByteArrayOutputStream seen) {
    try (socket) {
      script.serve(new Connection(socket, seen));
    } catch (IOException broken) {
      requests.get(); // the recording tells
    }
  }

  int port() {
    return server.getLocalPort();
  }

  int connections() {
    return recordings.size();
  }

  /** Everything that came, over all connections. */
  String seen() {
    StringBuilder all = new StringBuilder();
    for (ByteArrayOutputStream recording : recordings) {
      synchronized (recording) {
        all.append(recording.toString(StandardCharsets.ISO_8859_1));
      }
    }
    return all.toString();
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (Socket socket : sockets) {
      socket.close();
    }
  }
}
