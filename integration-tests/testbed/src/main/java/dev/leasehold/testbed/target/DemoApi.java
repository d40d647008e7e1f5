package dev.leasehold.testbed.target;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.leasehold.testbed.postgres.DemoDatabase;
import dev.leasehold.testbed.tls.Leaf;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * A small foreign API over the demo database. {@code GET /orders} lists them, {@code POST /orders}
 * with {@code {"item","quantity"}} adds one. Who calls is decided by the database alone: the Basic
 * credentials of each request are used to log in to it, so a leased user is alive here exactly as
 * long as the database lets it in.
 */
public final class DemoApi implements AutoCloseable {

  private static final String CHALLENGE = "Basic realm=\"orders\"";

  private final DemoDatabase database;
  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final List<SeenRequest> requests = new CopyOnWriteArrayList<>();
  private final String scheme;

  private DemoApi(DemoDatabase database, HttpServer server, String scheme) {
    this.database = database;
    this.server = server;
    this.scheme = scheme;
    server.createContext("/orders", this::handle);
    server.setExecutor(threads);
    server.start();
  }

  /** Over plain HTTP on a free loopback port. */
  public static DemoApi start(DemoDatabase database) {
    try {
      return new DemoApi(database, HttpServer.create(anyPort(), 0), "http");
    } catch (IOException refused) {
      throw new UncheckedIOException(refused);
    }
  }

  /** Over TLS with this certificate. */
  public static DemoApi start(DemoDatabase database, Leaf certificate) {
    try {
      HttpsServer server = HttpsServer.create(anyPort(), 0);
      server.setHttpsConfigurator(new HttpsConfigurator(certificate.serverContext()));
      return new DemoApi(database, server, "https");
    } catch (IOException refused) {
      throw new UncheckedIOException(refused);
    }
  }

  private static InetSocketAddress anyPort() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  }

  /** {@code http(s)://localhost:port}. */
  public URI address() {
    return URI.create(scheme + "://localhost:" + server.getAddress().getPort());
  }

  /** Everything that arrived, oldest first. */
  public List<SeenRequest> requests() {
    return List.copyOf(requests);
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
      SeenRequest request =
          new SeenRequest(
              exchange.getRequestMethod(),
              exchange.getRequestURI().toString(),
              exchange.getRequestHeaders(),
              body);
      requests.add(request);
      Optional<BasicLogin> login = BasicLogin.parse(request.header("authorization"));
      if (login.isEmpty()) {
        refuse(exchange, "no usable credentials");
        return;
      }
      serve(exchange, request, login.get());
    }
  }

  private void serve(HttpExchange exchange, SeenRequest request, BasicLogin login)
      throws IOException {
    try (Connection session = database.connect(login.user(), login.password())) {
      switch (request.method()) {
        case "GET" -> answer(exchange, 200, orders(session).encode());
        case "POST" -> answer(exchange, 201, add(session, new JsonObject(request.body())).encode());
        default -> answer(exchange, 405, new JsonObject().put("error", "GET or POST").encode());
      }
    } catch (SQLException refused) {
      @Nullable String state = refused.getSQLState();
      if (state != null && state.startsWith("28")) {
        refuse(exchange, "the database does not let this user in");
      } else {
        answer(exchange, 500, new JsonObject().put("error", "database: " + state).encode());
      }
    }
  }

  private static void refuse(HttpExchange exchange, String reason) throws IOException {
    exchange.getResponseHeaders().set("WWW-Authenticate", CHALLENGE);
    answer(exchange, 401, new JsonObject().put("error", reason).encode());
  }

  private static void answer(HttpExchange exchange, int status, String json) throws IOException {
    byte[] bytes = json.getBytes(UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  private static JsonArray orders(Connection session) throws SQLException {
    JsonArray orders = new JsonArray();
    try (Statement statement = session.createStatement();
        ResultSet rows =
            statement.executeQuery("SELECT id, item, quantity FROM orders ORDER BY id")) {
      while (rows.next()) {
        orders.add(
            new JsonObject()
                .put("id", rows.getInt(1))
                .put("item", rows.getString(2))
                .put("quantity", rows.getInt(3)));
      }
    }
    return orders;
  }

  private static JsonObject add(Connection session, JsonObject order) throws SQLException {
    try (PreparedStatement insert =
        session.prepareStatement(
            "INSERT INTO orders (item, quantity) VALUES (?, ?) RETURNING id")) {
      insert.setString(1, order.getString("item"));
      insert.setInt(2, order.getInteger("quantity", 1));
      try (ResultSet rows = insert.executeQuery()) {
        rows.next();
        return order.copy().put("id", rows.getInt(1));
      }
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
