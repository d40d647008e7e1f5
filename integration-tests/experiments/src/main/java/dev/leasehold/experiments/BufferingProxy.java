package dev.leasehold.experiments;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.net.Socket;

/**
 * A proxy that takes a body whole before it does anything with it. In a process of its own, whose
 * memory can be looked at.
 */
final class BufferingProxy extends FaultyProxy {
  private BufferingProxy() throws IOException {
    begin();
  }

  public static void main(String[] none) throws IOException {
    BufferingProxy proxy = new BufferingProxy();
    System.out.println(proxy.port());
    int end = System.in.read(); // lives as long as who started it
    System.exit(end < 0 ? 0 : 1);
  }

  @Override
  void serve(Socket agent) {
    try (agent) {
      String head = head(agent);
      int at = head.indexOf("Content-Length: ") + "Content-Length: ".length();
      int size = Integer.parseInt(head.substring(at, head.indexOf('\r', at)));
      byte[] body = agent.getInputStream().readNBytes(size);
      String answer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX-Size: " + body.length + "\r\n\r\n";
      agent.getOutputStream().write(answer.getBytes(ISO_8859_1));
    } catch (IOException ended) {
      return;
    }
  }
}
