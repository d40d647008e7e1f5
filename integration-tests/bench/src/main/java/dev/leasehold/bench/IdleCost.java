package dev.leasehold.bench;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.leasehold.bench.Measure.Peer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;

/** What connections cost over which a call was made, and that wait for the next one. */
record IdleCost(Call call, long pid) {
  private static final int CONNECTIONS = 5000;

  /** A first few, so that what is loaded and grown once is not counted. */
  private static final int WARM_UP = 500;

  private static final double GOAL_KIBIBYTES = 15;

  Measure measure() {
    List<Socket> open = new ArrayList<>();
    try {
      for (int i = 0; i < WARM_UP; i++) {
        open.add(connect());
      }
      double before = Resident.mebibytes(pid);
      for (int i = 0; i < CONNECTIONS; i++) {
        open.add(connect());
      }
      double grown = Resident.mebibytes(pid) - before;
      return Measure.atMost(
          "tls",
          "memory of one idle connection",
          "KiB",
          grown * 1024 / CONNECTIONS,
          GOAL_KIBIBYTES,
          Peer.NONE);
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    } finally {
      open.forEach(IdleCost::close);
    }
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), call.port());
    socket.setSoTimeout(20_000);
    socket.getOutputStream().write(call.connect().getBytes(ISO_8859_1));
    head(socket.getInputStream());
    Socket tls = AnyCertificate.over(socket, call.target().getHost());
    tls.getOutputStream().write(call.text().getBytes(ISO_8859_1));
    head(tls.getInputStream());
    return tls;
  }

  private static void head(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int c = in.read();
      if (c < 0) {
        throw new IOException("closed after: " + head);
      }
      head.append((char) c);
    }
    if (!head.toString().startsWith("HTTP/1.1 200")) {
      throw new IOException("answered: " + head);
    }
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException already) {
      System.err.println("not closed: " + already.getMessage());
    }
  }
}
