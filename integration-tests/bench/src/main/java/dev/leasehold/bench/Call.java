package dev.leasehold.bench;

import java.net.URI;
import java.util.Map;

/**
 * The request that a load repeats, in the absolute form that proxies are sent.
 *
 * @param port of the proxy, on loopback
 * @param target of the request
 */
record Call(int port, URI target, Map<String, String> headers) {
  Call {
    headers = Map.copyOf(headers);
  }

  /** The whole request as bytes on the wire. */
  String text() {
    StringBuilder text = new StringBuilder("GET " + target + " HTTP/1.1\r\n");
    text.append("Host: ").append(target.getAuthority()).append("\r\n");
    headers.forEach((name, value) -> text.append(name).append(": ").append(value).append("\r\n"));
    return text.append("\r\n").toString();
  }
}
