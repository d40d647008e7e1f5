package dev.leasehold.suite.clients;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import dev.leasehold.suite.clients.Upstream.Arrival;
import dev.leasehold.suite.clients.Upstream.Route;
import java.io.IOException;
import java.io.OutputStream;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** What goes up and down in the exercises, and the routes of it. */
final class Bodies {
  static final String GREETING = "anvil";
  static final List<String> EVENTS = List.of("one", "two");

  private static final int UPLOAD = 1 << 20;
  private static final int DOWNLOAD = 50 << 20;
  private static final int STALLED = 20;

  private final byte[] upload = random(UPLOAD, 1);
  private final byte[] download = random(DOWNLOAD, 2);
  private final Map<String, Semaphore> seen = new ConcurrentHashMap<>();

  private static byte[] random(int size, long seed) {
    byte[] bytes = new byte[size];
    new SplittableRandom(seed).nextBytes(bytes);
    return bytes;
  }

  byte[] upload() {
    return upload;
  }

  String uploadDigest() {
    return HexFormat.of().formatHex(sha256().digest(upload));
  }

  String downloadDigest() {
    return HexFormat.of().formatHex(sha256().digest(download));
  }

  Map<String, Route> routes() {
    return Map.of(
        "hello", (exchange, arrival) -> Upstream.answer(exchange, 200, GREETING),
        "digest", (exchange, arrival) -> digest(exchange),
        "events", this::events,
        "seen", this::seen,
        "blob", (exchange, arrival) -> blob(exchange),
        "moved", Bodies::moved,
        "forbidden", (exchange, arrival) -> Upstream.answer(exchange, 200, "reached"));
  }

  private static void digest(HttpExchange exchange) throws IOException {
    MessageDigest digest = sha256();
    new DigestInputStream(exchange.getRequestBody(), digest)
        .transferTo(OutputStream.nullOutputStream());
    Upstream.answer(exchange, 200, HexFormat.of().formatHex(digest.digest()));
  }

  /** The second event is sent once the client has told us that it saw the first. */
  private void events(HttpExchange exchange, Arrival arrival) throws IOException {
    Semaphore acknowledged = seen.computeIfAbsent(arrival.client(), client -> new Semaphore(0));
    exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
    exchange.sendResponseHeaders(200, 0);
    try (OutputStream out = exchange.getResponseBody()) {
      for (String event : EVENTS) {
        out.write(("data: " + event + "\n\n").getBytes(UTF_8));
        out.flush();
        if (!acknowledged.tryAcquire(STALLED, TimeUnit.SECONDS)) {
          out.write("data: stalled\n\n".getBytes(UTF_8));
          return;
        }
      }
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
    }
  }

  private void seen(HttpExchange exchange, Arrival arrival) throws IOException {
    seen.computeIfAbsent(arrival.client(), client -> new Semaphore(0)).release();
    Upstream.answer(exchange, 200, "noted");
  }

  private void blob(HttpExchange exchange) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", "application/octet-stream");
    exchange.sendResponseHeaders(200, download.length);
    exchange.getResponseBody().write(download);
  }

  private static void moved(HttpExchange exchange, Arrival arrival) throws IOException {
    String host = exchange.getRequestHeaders().getFirst("Host");
    exchange
        .getResponseHeaders()
        .set("Location", "https://" + host + "/" + arrival.client() + "/hello");
    Upstream.answer(exchange, 302, "");
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException absent) {
      throw new IllegalStateException(absent);
    }
  }
}
