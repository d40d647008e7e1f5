package dev.leasehold.suite.sidecar;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.leasehold.suite.sidecar.ControlClient.OpenedTask;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** One call through the proxy, byte by byte; the connection is closed by the request. */
final class ProxyCall {
  private static final int PATIENCE_MILLIS = 60_000;

  /** What came back. */
  record Answer(int status, Map<String, String> headers, String body) {
    /** A header by its lower-case name; empty where it is not there. */
    String header(String name) {
      return headers.getOrDefault(name, "");
    }

    /** The name of the problem in a problem document; empty for anything else. */
    String problem() {
      String prefix = "urn:leasehold:problem:";
      int at = body.indexOf(prefix);
      return at < 0 ? "" : body.substring(at + prefix.length(), body.indexOf('"', at));
    }
  }

  private final List<String> lines = new ArrayList<>();
  private String body = "";

  /**
   * @param target in absolute form, such as {@code http://localhost:8080/orders}
   */
  ProxyCall(String method, String target) {
    String authority = target.replaceFirst("^[a-z]+://([^/?]*).*$", "$1");
    lines.add(method + " " + target + " HTTP/1.1");
    lines.add("Host: " + authority);
    lines.add("Connection: close");
  }

  ProxyCall as(OpenedTask task) {
    return as(task.id(), task.token());
  }

  ProxyCall as(String id, String token) {
    String pair = Base64.getEncoder().encodeToString((id + ":" + token).getBytes(ISO_8859_1));
    return header("Proxy-Authorization", "Basic " + pair);
  }

  ProxyCall header(String name, String value) {
    lines.add(name + ": " + value);
    return this;
  }

  ProxyCall body(String text) {
    body = text;
    return header("Content-Length", Integer.toString(text.length()));
  }

  /** Sends it to the proxy and reads all that comes back. */
  Answer send(int proxyPort) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), proxyPort)) {
      socket.setSoTimeout(PATIENCE_MILLIS);
      String request = String.join("\r\n", lines) + "\r\n\r\n" + body;
      socket.getOutputStream().write(request.getBytes(ISO_8859_1));
      return parse(new String(socket.getInputStream().readAllBytes(), ISO_8859_1));
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  private static Answer parse(String text) {
    int end = text.indexOf("\r\n\r\n");
    if (end < 0) {
      throw new AssertionError("no whole answer: " + text);
    }
    String[] head = text.substring(0, end).split("\r\n", -1);
    Map<String, String> headers = new TreeMap<>();
    for (int i = 1; i < head.length; i++) {
      int colon = head[i].indexOf(':');
      headers.put(
          head[i].substring(0, colon).toLowerCase(Locale.ROOT),
          head[i].substring(colon + 1).strip());
    }
    return new Answer(
        Integer.parseInt(head[0].split(" ", -1)[1]), headers, text.substring(end + 4));
  }
}
