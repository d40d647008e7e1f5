package dev.leasehold.broker.client;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP/1.1 connection to the control API, kept open between calls: a task that it holds ends
 * when it closes. Made for short commands, so it stands on the JDK's sockets alone. One thread
 * calls; another may {@link #close}, which fails the call under way.
 */
final class ControlClient implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int MAX_HEAD = 32 * 1024;
  private static final int MAX_BODY = 16 * 1024 * 1024;

  private final ControlAddress address;
  private final Optional<String> token;
  private volatile @Nullable SocketChannel channel;

  /**
   * @param token for {@code Authorization: Bearer}
   */
  ControlClient(ControlAddress address, Optional<String> token) {
    this.address = address;
    this.token = token;
  }

  Reply get(String path) throws ClientFailure {
    return call("GET", path, new byte[0], Duration.ZERO);
  }

  Reply delete(String path) throws ClientFailure {
    return call("DELETE", path, new byte[0], Duration.ZERO);
  }

  Reply post(String path, byte[] json) throws ClientFailure {
    return post(path, json, Duration.ZERO);
  }

  /**
   * @param longer how much longer than usual the answer may take
   */
  Reply post(String path, byte[] json, Duration longer) throws ClientFailure {
    return call("POST", path, json, longer);
  }

  private Reply call(String method, String path, byte[] body, Duration longer)
      throws ClientFailure {
    SocketChannel connected = channel;
    if (connected == null) {
      connected = connect();
      channel = connected;
    }
    AtomicBoolean late = new AtomicBoolean();
    Thread watch = closeAfter(connected, PATIENCE.plus(longer), late);
    try {
      write(connected, request(method, path, body));
      return read(connected);
    } catch (IOException broken) {
      close();
      String what =
          late.get()
              ? " did not answer in time"
              : broken instanceof ClosedChannelException
                  ? ": the call was given up"
                  : " broke the connection off";
      throw ClientFailure.unavailable(address.text() + what, "");
    } finally {
      watch.interrupt();
    }
  }

  private static Thread closeAfter(SocketChannel channel, Duration time, AtomicBoolean late) {
    return Thread.ofVirtual()
        .start(
            () -> {
              try {
                Thread.sleep(time);
                late.set(true);
                channel.close();
              } catch (InterruptedException answered) {
                Thread.currentThread().interrupt();
              } catch (IOException alreadyClosed) {
                // Then nobody waits.
              }
            });
  }

  private SocketChannel connect() throws ClientFailure {
    try {
      return switch (address) {
        case ControlAddress.Socket socket -> {
          SocketChannel created = SocketChannel.open(StandardProtocolFamily.UNIX);
          yield connected(created);
        }
        case ControlAddress.Loopback loopback -> connected(SocketChannel.open());
      };
    } catch (IOException refused) {
      throw unreachable(refused);
    }
  }

  private SocketChannel connected(SocketChannel created) throws IOException {
    try {
      created.connect(address.address());
      return created;
    } catch (IOException refused) {
      created.close();
      throw refused;
    }
  }

  private ClientFailure unreachable(IOException refused) {
    String why = String.valueOf(refused.getMessage()).toLowerCase(Locale.ROOT);
    if (why.contains("permission denied")) {
      return ClientFailure.unavailable(
          address.text() + ": permission denied", "the socket's folder must be open to this user");
    }
    boolean isMissing =
        address instanceof ControlAddress.Socket socket && Files.notExists(socket.path());
    return ClientFailure.unavailable(
        isMissing
            ? "there is no socket at " + address.text()
            : "nobody listens at " + address.text(),
        "is leasehold serve running? --control or LEASEHOLD_CONTROL names another address");
  }

  private byte[] request(String method, String path, byte[] body) {
    StringBuilder head = new StringBuilder(256);
    head.append(method).append(' ').append(path).append(" HTTP/1.1\r\n");
    head.append("Host: ").append(address.host()).append("\r\n");
    head.append("User-Agent: leasehold\r\n");
    token.ifPresent(secret -> head.append("Authorization: Bearer ").append(secret).append("\r\n"));
    if (method.equals("POST")) {
      head.append("Content-Type: application/json\r\n");
      head.append("Content-Length: ").append(body.length).append("\r\n");
    }
    head.append("\r\n");
    byte[] start = head.toString().getBytes(StandardCharsets.ISO_8859_1);
    return ByteBuffer.allocate(start.length + body.length).put(start).put(body).array();
  }

  private static void write(SocketChannel channel, byte[] request) throws IOException {
    ByteBuffer left = ByteBuffer.wrap(request);
    while (left.hasRemaining()) {
      channel.write(left);
    }
  }

  private Reply read(SocketChannel channel) throws IOException {
    ByteArrayOutputStream received = new ByteArrayOutputStream(4096);
    int bodyAt = -1;
    while (bodyAt < 0) {
      more(channel, received, MAX_HEAD);
      int end = received.toString(StandardCharsets.ISO_8859_1).indexOf("\r\n\r\n");
      bodyAt = end < 0 ? -1 : end + 4;
    }
    ReplyHead head =
        ReplyHead.parse(received.toString(StandardCharsets.ISO_8859_1).substring(0, bodyAt));
    if (head.length() > MAX_BODY) {
      throw new IOException("the answer is too long");
    }
    int end = bodyAt + head.length();
    while (received.size() < end) {
      more(channel, received, end);
    }
    if (head.closes()) {
      close();
    }
    byte[] body = new byte[head.length()];
    System.arraycopy(received.toByteArray(), bodyAt, body, 0, body.length);
    return new Reply(head.status(), body);
  }

  private static void more(SocketChannel channel, ByteArrayOutputStream received, int max)
      throws IOException {
    if (received.size() >= max) {
      throw new IOException("the answer's head is too long");
    }
    ByteBuffer part = ByteBuffer.allocate(Math.min(8192, max - received.size()));
    int count = channel.read(part);
    if (count < 0) {
      throw new IOException("closed by the other end");
    }
    received.write(part.array(), 0, count);
  }

  /** Closes the connection, which ends a task that it holds. A later call opens another one. */
  @Override
  public void close() {
    SocketChannel open = channel;
    channel = null;
    if (open != null) {
      try {
        open.close();
      } catch (IOException alreadyGone) {
        // That was the aim.
      }
    }
  }
}
