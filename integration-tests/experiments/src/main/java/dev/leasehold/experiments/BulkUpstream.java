package dev.leasehold.experiments;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.leasehold.testbed.tls.Leaf;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Takes and gives bodies of any size: a GET names the size in its path, a PUT gets the hash. */
final class BulkUpstream implements AutoCloseable {
  private static final Pattern GET = Pattern.compile("(?s)GET /ok/([0-9]+) .*");
  private static final Pattern LENGTH = Pattern.compile("(?is).*\r\ncontent-length: *([0-9]+).*");
  private static final byte[] BLOCK = new byte[1024 * 1024 + 7];

  static {
    new Random(7).nextBytes(BLOCK);
  }

  private final ServerSocket listener;

  BulkUpstream(Leaf certificate) throws IOException {
    listener =
        certificate
            .serverContext()
            .getServerSocketFactory()
            .createServerSocket(0, 100, InetAddress.ofLiteral("127.0.0.1"));
    Thread.ofPlatform().daemon().start(this::accept);
  }

  int port() {
    return listener.getLocalPort();
  }

  /** Writes the first {@code size} bytes of what every body here is. */
  static void write(OutputStream out, long size) throws IOException {
    for (long left = size; left > 0; left -= BLOCK.length) {
      out.write(BLOCK, 0, (int) Math.min(left, BLOCK.length));
    }
    out.flush();
  }

  static MessageDigest digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException absent) {
      throw new IllegalStateException(absent);
    }
  }

  /** The hash of the first {@code size} bytes of what every body here is. */
  static String hash(long size) {
    MessageDigest digest = digest();
    for (long left = size; left > 0; left -= BLOCK.length) {
      digest.update(BLOCK, 0, (int) Math.min(left, BLOCK.length));
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket socket = listener.accept();
        Thread.ofPlatform().daemon().start(() -> serve(socket));
      } catch (IOException closed) {
        return;
      }
    }
  }

  private static void serve(Socket socket) {
    try (socket) {
      InputStream in = socket.getInputStream();
      OutputStream out = socket.getOutputStream();
      while (true) {
        String head = FaultyProxy.head(socket);
        Matcher get = GET.matcher(head);
        Matcher length = LENGTH.matcher(head);
        if (get.matches()) {
          long size = Long.parseLong(get.group(1));
          out.write(
              "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n".formatted(size).getBytes(ISO_8859_1));
          write(out, size);
        } else if (length.matches()) {
          String hash = hash(in, Long.parseLong(length.group(1)));
          out.write(
              "HTTP/1.1 200 OK\r\nContent-Length: 64\r\n\r\n%s"
                  .formatted(hash)
                  .getBytes(ISO_8859_1));
        } else {
          return;
        }
      }
    } catch (IOException ended) {
      return;
    }
  }

  /** The hash of the next {@code size} bytes. */
  static String hash(InputStream in, long size) throws IOException {
    MessageDigest digest = digest();
    byte[] piece = new byte[64 * 1024];
    long left = size;
    while (left > 0) {
      int count = in.read(piece, 0, (int) Math.min(piece.length, left));
      if (count < 0) {
        return "the end came too early";
      }
      digest.update(piece, 0, count);
      left -= count;
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }
}
