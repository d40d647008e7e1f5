package dev.leasehold.experiments;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.leasehold.testbed.tls.TestCa;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/**
 * A proxy with a fault that real ones have had: the credential is the one of the Host field, the
 * address is the one of the CONNECT, and nobody compares the two.
 */
final class HostTrustingProxy extends FaultyProxy {
  private static final Pattern AUTHORITY = Pattern.compile("(?s)CONNECT \\S+:([0-9]+) .*");
  private static final Pattern HOST = Pattern.compile("(?s).*\r\nHost: ([^:\r]+).*");

  private final Map<String, String> secrets;
  private final SSLContext trust;
  private final SSLContext own;

  /**
   * @param secrets by host
   */
  HostTrustingProxy(TestCa ca, Map<String, String> secrets) throws IOException {
    this.secrets = secrets;
    this.trust = ca.clientContext();
    this.own = ca.leaf("every.example.test").serverContext();
    begin();
  }

  @Override
  void serve(Socket agent) {
    try (agent) {
      Matcher connect = AUTHORITY.matcher(head(agent));
      if (!connect.matches()) {
        return;
      }
      agent.getOutputStream().write("HTTP/1.1 200 OK\r\n\r\n".getBytes(ISO_8859_1));
      SSLSocket inside =
          (SSLSocket) own.getSocketFactory().createSocket(agent, null, agent.getPort(), true);
      inside.setUseClientMode(false);
      forward(inside, Integer.parseInt(connect.group(1)));
    } catch (IOException ended) {
      return;
    }
  }

  private void forward(Socket inside, int port) throws IOException {
    String head = head(inside);
    Matcher host = HOST.matcher(head);
    String name = host.matches() ? host.group(1).toLowerCase(Locale.ROOT) : "";
    String secret = secrets.getOrDefault(name, "none");
    try (Socket upstream =
        trust.getSocketFactory().createSocket(InetAddress.ofLiteral("127.0.0.1"), port)) {
      String line = "\r\nAuthorization: Bearer " + secret + "\r\n\r\n";
      upstream.getOutputStream().write(head.replaceFirst("\r\n\r\n$", line).getBytes(ISO_8859_1));
      inside.getOutputStream().write(head(upstream).getBytes(ISO_8859_1));
      inside.getOutputStream().write("ok\n".getBytes(ISO_8859_1));
    }
  }
}
