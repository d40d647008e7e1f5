package dev.leasehold.testbed.target;

import dev.leasehold.testbed.tls.Leaf;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * An upstream that speaks no HTTP of its own: it keeps the exact bytes of each connection and says
 * what its script says, well-formed or not.
 */
public final class RecordingUpstream implements AutoCloseable {

  /** A plain success with a short body. */
  public static final String OK =
      "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 3\r\n\r\nok\n";

  private final ServerSocket listener;
  private final Script script;
  private final boolean tls;
  private final List<Conversation> conversations = new CopyOnWriteArrayList<>();
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final AtomicInteger accepted = new AtomicInteger();

  private RecordingUpstream(ServerSocket listener, Script script, boolean tls) {
    this.listener = listener;
    this.script = script;
    this.tls = tls;
    Thread.ofVirtual().name("recording-upstream").start(this::accept);
  }

  /** What to do with one connection, on a thread of its own; it is closed on return. */
  @FunctionalInterface
  public interface Script {

    void converse(Conversation conversation) throws IOException;

    /** Answers every whole request with the next of these bytes, and with the last one for ever. */
    static Script answering(String... answers) {
      return conversation -> {
        for (int i = 0; ; i++) {
          conversation.readRequest();
          conversation.write(answers[Math.min(i, answers.length - 1)]);
        }
      };
    }
  }

  /**
   * Listens on a free loopback port.
   *
   * @param certificate to speak TLS with; null for plain
   */
  public static RecordingUpstream start(Script script, @Nullable Leaf certificate) {
    InetAddress loopback = InetAddress.getLoopbackAddress();
    try {
      ServerSocket listener =
          certificate == null
              ? new ServerSocket(0, 100, loopback)
              : certificate
                  .serverContext()
                  .getServerSocketFactory()
                  .createServerSocket(0, 100, loopback);
      return new RecordingUpstream(listener, script, certificate != null);
    } catch (IOException refused) {
      throw new UncheckedIOException(refused);
    }
  }

  /** Plain, on a free loopback port. */
  public static RecordingUpstream start(Script script) {
    return start(script, null);
  }

  /** {@code http(s)://localhost:port}. */
  public URI address() {
    return URI.create((tls ? "https" : "http") + "://localhost:" + listener.getLocalPort());
  }

  /** How many connections were made, the ones included whose TLS handshake failed. */
  public int accepted() {
    return accepted.get();
  }

  /** All connections, oldest first. */
  public List<Conversation> conversations() {
    return List.copyOf(conversations);
  }

  /** The bytes of all connections one after another, each byte as the character of its number. */
  public String text() {
    StringBuilder all = new StringBuilder();
    conversations.forEach(conversation -> all.append(conversation.text()));
    return all.toString();
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket socket = listener.accept();
        open.add(socket);
        accepted.incrementAndGet();
        Thread.ofVirtual().name("recording-upstream-connection").start(() -> converse(socket));
      } catch (IOException closed) {
        return;
      }
    }
  }

  private void converse(Socket socket) {
    try (socket) {
      socket.setTcpNoDelay(true);
      Conversation conversation = new Conversation(socket);
      conversations.add(conversation);
      script.converse(conversation);
    } catch (IOException ended) {
      // The client went away or refused our certificate: what it had sent is recorded.
      return;
    } finally {
      open.remove(socket);
    }
  }

  @Override
  public void close() {
    try {
      listener.close();
      for (Socket socket : open) {
        socket.close();
      }
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }
}
