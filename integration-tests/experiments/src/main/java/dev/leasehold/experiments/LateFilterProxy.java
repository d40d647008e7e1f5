package dev.leasehold.experiments;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A proxy with faults that real ones have had: it looks a name up before it decides, decides by a
 * list of spellings, and follows redirects without deciding again.
 */
final class LateFilterProxy extends FaultyProxy {
  private static final List<String> REFUSED = List.of("127.0.0.1", "localhost", "169.254.169.254");
  private static final Pattern TARGET =
      Pattern.compile("(?s).*?http://(\\[[^]]*\\]|[^/:\\s]+)(?::([0-9]+))?(/\\S*)?.*");

  private final String nameServer;

  LateFilterProxy(String nameServer) throws IOException {
    this.nameServer = nameServer;
    begin();
  }

  @Override
  void serve(Socket agent) {
    try (agent) {
      String answer = fetch(head(agent));
      if (answer.contains("Location: ")) {
        answer = fetch(answer);
      }
      agent.getOutputStream().write(answer.getBytes(ISO_8859_1));
    } catch (IOException | IllegalArgumentException failed) {
      return;
    }
  }

  private String fetch(String text) throws IOException {
    Matcher target = TARGET.matcher(text);
    if (!target.matches() || target.group(2) == null) {
      throw new IOException("no target");
    }
    String host = target.group(1);
    if (host.matches(".*[g-z].*")) {
      lookUp(host);
    }
    if (REFUSED.contains(host)) {
      return "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n";
    }
    // As many libraries do, it takes an address in any spelling.
    InetAddress address =
        host.matches("[0-9]+")
            ? InetAddress.getByAddress(number(host))
            : InetAddress.ofLiteral(host.replaceAll("[\\[\\]]", ""));
    try (Socket upstream = new Socket()) {
      upstream.connect(
          new java.net.InetSocketAddress(address, Integer.parseInt(target.group(2))), 500);
      String path = target.group(3) == null ? "/" : target.group(3);
      upstream
          .getOutputStream()
          .write("GET %s HTTP/1.1\r\nHost: x\r\n\r\n".formatted(path).getBytes(ISO_8859_1));
      return new String(upstream.getInputStream().readAllBytes(), ISO_8859_1);
    }
  }

  private static byte[] number(String digits) {
    long number = Long.parseLong(digits);
    return new byte[] {
      (byte) (number >> 24), (byte) (number >> 16), (byte) (number >> 8), (byte) number
    };
  }

  /** One question for an A record (RFC 1035 §4.1). */
  private void lookUp(String host) throws IOException {
    ByteBuffer query = ByteBuffer.allocate(512);
    query.putShort((short) 1).putShort((short) 0x0100).putShort((short) 1).putShort((short) 0);
    query.putInt(0);
    for (String label : host.split("\\.", -1)) {
      query.put((byte) label.length()).put(label.getBytes(ISO_8859_1));
    }
    query.put((byte) 0).putShort((short) 1).putShort((short) 1);
    try (DatagramSocket socket = new DatagramSocket()) {
      socket.setSoTimeout(2_000);
      String[] server = nameServer.split(":", -1);
      socket.send(
          new DatagramPacket(
              query.array(),
              query.position(),
              InetAddress.ofLiteral(server[0]),
              Integer.parseInt(server[1])));
      socket.receive(new DatagramPacket(new byte[512], 512));
    }
  }
}
