package dev.leasehold.suite.clients;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.leasehold.testbed.postgres.DemoDatabase;
import dev.leasehold.testbed.target.BasicLogin;
import dev.leasehold.testbed.tls.Leaf;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A foreign API over TLS, with a part for each client: {@code /CLIENT/ROUTE…}. It serves whoever
 * brings a login that the database accepts, and nobody else.
 */
final class Upstream implements AutoCloseable {
  /** What answers below one route. */
  @FunctionalInterface
  interface Route {
    void answer(HttpExchange exchange, Arrival arrival) throws IOException;
  }

  /**
   * A request that reached us.
   *
   * @param client the first segment of its path
   * @param route the second
   * @param rest what follows, with its slash; empty for none
   * @param chunked whether its body came in chunks
   * @param login by which it was admitted; empty if it was not
   * @param leftovers headers that should have ended at the proxy
   */
  record Arrival(
      String client,
      String method,
      String route,
      String rest,
      boolean chunked,
      Optional<BasicLogin> login,
      List<String> leftovers) {}

  private static final String STAND_IN = "held-by-leasehold";

  private final DemoDatabase database;
  private final HttpsServer server;
  private final Map<String, Route> routes = new ConcurrentHashMap<>();
  private final Map<String, Route> open = new ConcurrentHashMap<>();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final List<Arrival> arrivals = new CopyOnWriteArrayList<>();
  private final Set<BasicLogin> good = ConcurrentHashMap.newKeySet();

  /** On a free loopback port. */
  Upstream(DemoDatabase database, Leaf certificate) {
    this.database = database;
    try {
      InetAddress loopback = InetAddress.getLoopbackAddress();
      server = HttpsServer.create(new InetSocketAddress(loopback, 0), 0);
    } catch (IOException refused) {
      throw new UncheckedIOException(refused);
    }
    server.setHttpsConfigurator(new HttpsConfigurator(certificate.serverContext()));
    server.createContext("/", this::handle);
    server.setExecutor(threads);
    server.start();
  }

  void serve(Map<String, Route> more) {
    routes.putAll(more);
  }

  /** To everybody. */
  void serveOpenly(Map<String, Route> more) {
    open.putAll(more);
  }

  int port() {
    return server.getAddress().getPort();
  }

  /** What this client sent, oldest first. */
  List<Arrival> arrivals(String client) {
    return arrivals.stream().filter(arrival -> arrival.client().equals(client)).toList();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      Arrival arrival = arrival(exchange);
      arrivals.add(arrival);
      Route nothing = (asked, nowhere) -> answer(asked, 404, "no such route");
      if (open.containsKey(arrival.route())) {
        open.getOrDefault(arrival.route(), nothing).answer(exchange, arrival);
      } else if (arrival.login().isEmpty()) {
        answer(exchange, 401, "no usable credentials");
      } else {
        routes.getOrDefault(arrival.route(), nothing).answer(exchange, arrival);
      }
    }
  }

  private Arrival arrival(HttpExchange exchange) {
    String[] path = exchange.getRequestURI().getPath().split("/", 4);
    String coding = exchange.getRequestHeaders().getFirst("Transfer-Encoding");
    return new Arrival(
        path[1],
        exchange.getRequestMethod(),
        path.length > 2 ? path[2] : "",
        path.length > 3 ? "/" + path[3] : "",
        "chunked".equalsIgnoreCase(coding),
        login(exchange),
        leftovers(exchange.getRequestHeaders()));
  }

  /** Those for the proxy, and those with what stands in for an API key. */
  private static List<String> leftovers(Headers headers) {
    return headers.entrySet().stream()
        .filter(
            header ->
                header.getKey().toLowerCase(Locale.ROOT).startsWith("proxy-")
                    || header.getValue().stream().anyMatch(text -> text.contains(STAND_IN)))
        .map(Map.Entry::getKey)
        .toList();
  }

  private Optional<BasicLogin> login(HttpExchange exchange) {
    String header = exchange.getRequestHeaders().getFirst("Authorization");
    return header == null ? Optional.empty() : BasicLogin.parse(header).filter(this::isGood);
  }

  /** Asks the database once for each login. */
  private boolean isGood(BasicLogin login) {
    if (good.contains(login)) {
      return true;
    }
    try (var session = database.connect(login.user(), login.password())) {
      good.add(login);
      return session.isValid(1);
    } catch (SQLException refused) {
      return false;
    }
  }

  /** A whole answer in plain text. */
  static void answer(HttpExchange exchange, int status, String text) throws IOException {
    answer(exchange, status, "text/plain", text.getBytes(UTF_8));
  }

  /** A whole answer; its body is left out for HEAD. */
  static void answer(HttpExchange exchange, int status, String type, byte[] body)
      throws IOException {
    exchange.getRequestBody().readAllBytes();
    exchange.getResponseHeaders().set("Content-Type", type);
    boolean isHead = exchange.getRequestMethod().equals("HEAD");
    exchange.sendResponseHeaders(status, isHead || body.length == 0 ? -1 : body.length);
    if (!isHead) {
      exchange.getResponseBody().write(body);
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
