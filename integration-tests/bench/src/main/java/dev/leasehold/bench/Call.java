package dev.leasehold.bench;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.net.URI;
import java.util.Base64;
import java.util.Map;

/**
 * The request that a load repeats. An {@code http} target is asked for in the absolute form that
 * proxies are sent, with these headers; an {@code https} one inside TLS, and where there are
 * headers, inside a tunnel that is opened with them.
 *
 * @param port of the proxy, on loopback
 * @param target of the request
 */
record Call(int port, URI target, Map<String, String> headers) {
  Call {
    headers = Map.copyOf(headers);
  }

  boolean isSecure() {
    return target.getScheme().equals("https");
  }

  /** The whole request as bytes on the wire. */
  String text() {
    return isSecure() ? head("GET " + target.getPath(), Map.of()) : head("GET " + target, headers);
  }

  /** The whole CONNECT; empty where there is none. */
  String connect() {
    return isSecure() && !headers.isEmpty()
        ? head("CONNECT " + target.getAuthority(), headers)
        : "";
  }

  private String head(String line, Map<String, String> fields) {
    StringBuilder text = new StringBuilder(line + " HTTP/1.1\r\n");
    text.append("Host: ").append(target.getAuthority()).append("\r\n");
    fields.forEach((name, value) -> text.append(name).append(": ").append(value).append("\r\n"));
    return text.append("\r\n").toString();
  }

  /**
   * What a load of its own process is told of it: port, name for TLS (a dash: no TLS), CONNECT and
   * request in Base64.
   */
  String[] arguments() {
    return new String[] {
      Integer.toString(port), isSecure() ? target.getHost() : "-", base64(connect()), base64(text())
    };
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(ISO_8859_1));
  }
}
