package dev.leasehold.experiments;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/** An agent that sends whatever bytes it is told to. */
final class RawAgent implements AutoCloseable {
  private static final long PACE = TimeUnit.MICROSECONDS.toNanos(300);

  /** What is behind so many bytes comes at once: by then a limit has been broken, or nothing. */
  private static final int MOST_SINGLE = 4096;

  /** How bytes are cut into writes. */
  enum Split {
    WHOLE,
    BYTES,
    /** After each CR, LF, colon and space, with time for the other side to see each piece alone. */
    BOUNDARIES
  }

  /** What SNI holds, spelled as it is: clients of attackers check nothing. */
  static final class Name extends SNIServerName {
    Name(String text) {
      super(0, text.getBytes(ISO_8859_1));
    }
  }

  private static final AtomicLong NUMBER = new AtomicLong();

  private final Socket socket;

  private RawAgent(Socket socket) {
    this.socket = socket;
  }

  /** Connects to a port of loopback; a read waits so long and no longer. */
  static RawAgent connect(int port, int patienceMillis) throws IOException {
    Socket socket = new Socket();
    socket.setTcpNoDelay(true);
    socket.connect(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port), 10_000);
    socket.setSoTimeout(patienceMillis);
    return new RawAgent(socket);
  }

  /**
   * Goes on over TLS, asking for these names; the certificate must come from {@code trust}. No
   * session is resumed, which would ask for the names that it asked for at first.
   */
  RawAgent secure(SSLContext trust, List<SNIServerName> names) throws IOException {
    SSLSocket tls =
        (SSLSocket)
            trust
                .getSocketFactory()
                .createSocket(socket, "agent-" + NUMBER.incrementAndGet(), socket.getPort(), true);
    SSLParameters parameters = tls.getSSLParameters();
    parameters.setServerNames(names);
    tls.setSSLParameters(parameters);
    tls.startHandshake();
    return new RawAgent(tls);
  }

  Socket socket() {
    return socket;
  }

  /** Sends each character as the byte of its number; stops quietly when the other side is gone. */
  RawAgent send(String bytes, Split split) {
    try {
      OutputStream out = socket.getOutputStream();
      int from = 0;
      for (int i = 0; i < bytes.length(); i++) {
        boolean cut =
            switch (split) {
              case WHOLE -> false;
              case BYTES -> i < MOST_SINGLE;
              case BOUNDARIES -> i < MOST_SINGLE && "\r\n: ;".indexOf(bytes.charAt(i)) >= 0;
            };
        if (cut || i == bytes.length() - 1) {
          out.write(bytes.substring(from, i + 1).getBytes(ISO_8859_1));
          out.flush();
          from = i + 1;
          if (split == Split.BOUNDARIES) {
            LockSupport.parkNanos(PACE);
          }
        }
      }
    } catch (IOException closed) {
      // Refused before the end: what was answered can still be read.
      return this;
    }
    return this;
  }

  /** One head, up to its empty line; what is there when the other side ends or says no more. */
  String head() {
    ByteArrayOutputStream read = new ByteArrayOutputStream();
    try {
      InputStream in = socket.getInputStream();
      int next;
      while (!read.toString(ISO_8859_1).endsWith("\r\n\r\n") && (next = in.read()) >= 0) {
        read.write(next);
      }
    } catch (IOException ended) {
      return read.toString(ISO_8859_1);
    }
    return read.toString(ISO_8859_1);
  }

  /** Head and body of one answer that has a length. */
  String answer() throws IOException {
    String head = head();
    int at = head.toLowerCase(java.util.Locale.ROOT).indexOf("content-length:");
    if (at < 0) {
      return head;
    }
    int length = Integer.parseInt(head.substring(at + 15, head.indexOf('\r', at)).strip());
    return head + new String(socket.getInputStream().readNBytes(length), ISO_8859_1);
  }

  /** All that comes until the other side ends or says no more. */
  String rest() {
    ByteArrayOutputStream read = new ByteArrayOutputStream();
    try {
      byte[] piece = new byte[16 * 1024];
      InputStream in = socket.getInputStream();
      for (int count; (count = in.read(piece)) >= 0; ) {
        read.write(piece, 0, count);
      }
    } catch (IOException ended) {
      return read.toString(ISO_8859_1);
    }
    return read.toString(ISO_8859_1);
  }

  /** The status of an answer; 0 without one. */
  static int status(String answer) {
    return answer.matches("(?s)HTTP/1\\.[01] [1-5][0-9][0-9].*")
        ? Integer.parseInt(answer.substring(9, 12))
        : 0;
  }

  static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(ISO_8859_1));
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException gone) {
      return;
    }
  }
}
