package dev.leasehold.suite.clients;

import com.sun.net.httpserver.HttpExchange;
import dev.leasehold.suite.clients.Upstream.Arrival;
import java.io.IOException;

/** An object storage whose callers sign their calls with keys of their own. */
final class Storage {
  private static final String SIGNED = "AWS4-HMAC-SHA256 Credential=agents-own-key/";

  private Storage() {}

  static void answer(HttpExchange exchange, Arrival arrival) throws IOException {
    String signature = exchange.getRequestHeaders().getFirst("Authorization");
    if (signature == null || !signature.startsWith(SIGNED)) {
      Upstream.answer(exchange, 403, "not signed with the caller's own key");
      return;
    }
    Upstream.answer(exchange, 200, arrival.method().equals("GET") ? Bodies.GREETING : "");
  }
}
