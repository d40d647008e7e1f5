package dev.leasehold.experiments;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A proxy with a fault that real ones have had: it decides on the first head of a connection, and
 * passes all bytes from there on as they are.
 */
final class SpliceProxy extends FaultyProxy {
  private final int target;
  private final List<String> allowed = new CopyOnWriteArrayList<>();

  /**
   * @param target the port that everything goes to
   */
  SpliceProxy(int target) throws IOException {
    this.target = target;
    begin();
  }

  /** The paths of its decisions. */
  List<String> allowed() {
    return List.copyOf(allowed);
  }

  @Override
  void serve(Socket agent) {
    try (agent;
        Socket upstream = new Socket(InetAddress.ofLiteral("127.0.0.1"), target)) {
      StringBuilder head = new StringBuilder();
      byte[] piece = new byte[64 * 1024];
      while (head.indexOf("\n\r\n") < 0 && head.indexOf("\n\n") < 0) {
        int count = agent.getInputStream().read(piece);
        if (count < 0) {
          return;
        }
        head.append(new String(piece, 0, count, ISO_8859_1));
      }
      String path = head.toString().replaceFirst("(?s)^\\S+ (?:http://[^/]*)?(\\S*).*", "$1");
      if (!path.startsWith("/ok/")) {
        return;
      }
      allowed.add(path);
      upstream.getOutputStream().write(head.toString().getBytes(ISO_8859_1));
      Thread back = Thread.ofVirtual().start(() -> pass(upstream, agent));
      pass(agent, upstream);
      back.join();
    } catch (IOException | InterruptedException ended) {
      return;
    }
  }

  private static void pass(Socket from, Socket to) {
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      in.transferTo(out);
      to.shutdownOutput();
    } catch (IOException ended) {
      return;
    }
  }
}
