package dev.leasehold.testbed.vault.listener;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsExchange;
import dev.leasehold.testbed.vault.wire.Operation;
import dev.leasehold.testbed.vault.wire.Refusal;
import dev.leasehold.testbed.vault.wire.VaultRequest;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/** Reads HTTP exchanges as requests to Vault. */
final class Requests {
  private static final String BEARER = "Bearer ";

  private Requests() {}

  static VaultRequest read(HttpsExchange exchange, String path) throws IOException {
    String method = exchange.getRequestMethod();
    Map<String, String> query = query(exchange.getRequestURI().getRawQuery());
    Operation operation = Operation.of(method, "true".equals(query.get("list")));
    String text =
        new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8).strip();
    JsonObject body = new JsonObject();
    if (operation.writes() && !text.isEmpty()) {
      body = json(text);
    }
    if (!operation.writes()) {
      query.forEach(body::put);
    }
    return new VaultRequest(
        method, operation, path, query, body, token(exchange), certificates(exchange));
  }

  private static JsonObject json(String text) {
    try {
      return new JsonObject(text);
    } catch (DecodeException broken) {
      if (text.startsWith("[")) {
        throw Refusal.badRequest("error parsing JSON: failed to parse JSON input: an array");
      }
      // The product counts what it cannot even measure among its own failures.
      throw new Refusal(500, List.of("malformed JSON"));
    }
  }

  private static @Nullable String token(HttpExchange exchange) {
    String token = exchange.getRequestHeaders().getFirst("X-Vault-Token");
    String bearer = exchange.getRequestHeaders().getFirst("Authorization");
    return token == null && bearer != null && bearer.startsWith(BEARER)
        ? bearer.substring(BEARER.length())
        : token;
  }

  private static List<X509Certificate> certificates(HttpsExchange exchange) {
    try {
      Certificate[] chain = exchange.getSSLSession().getPeerCertificates();
      return List.of(chain).stream().map(X509Certificate.class::cast).toList();
    } catch (SSLPeerUnverifiedException none) {
      return List.of();
    }
  }

  private static Map<String, String> query(@Nullable String raw) {
    Map<String, String> query = new LinkedHashMap<>();
    if (raw != null) {
      for (String pair : raw.split("&", -1)) {
        int equals = pair.indexOf('=');
        String name = equals < 0 ? pair : pair.substring(0, equals);
        String value = equals < 0 ? "" : pair.substring(equals + 1);
        query.put(decoded(name), decoded(value));
      }
    }
    return query;
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }
}
