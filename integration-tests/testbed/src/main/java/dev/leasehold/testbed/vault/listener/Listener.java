package dev.leasehold.testbed.vault.listener;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsExchange;
import com.sun.net.httpserver.HttpsServer;
import dev.leasehold.testbed.tls.Leaf;
import dev.leasehold.testbed.vault.mount.Core;
import dev.leasehold.testbed.vault.mount.Core.Outcome;
import dev.leasehold.testbed.vault.wire.Operation;
import dev.leasehold.testbed.vault.wire.Refusal;
import dev.leasehold.testbed.vault.wire.VaultRequest;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/** Serves a {@link Core} over HTTPS on loopback, a virtual thread for each request. */
public final class Listener implements AutoCloseable {
  static {
    // The JDK's server leaves Nagle's algorithm on, which costs 40 ms for each kept connection's
    // answer; it reads this once, before its first use.
    System.setProperty("sun.net.httpserver.nodelay", "true");
  }

  private static final String ROOT = "/v1/";

  /** Hears of every request before its answer leaves. */
  @FunctionalInterface
  public interface Observer {
    void served(String path, Outcome outcome);
  }

  private final Core core;
  private final Faults faults;
  private final Observer observer;
  private final HttpsServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final CountDownLatch stopped = new CountDownLatch(1);

  private Listener(Core core, Faults faults, Observer observer, HttpsServer server) {
    this.core = core;
    this.faults = faults;
    this.observer = observer;
    this.server = server;
  }

  /**
   * Starts to listen.
   *
   * @param port zero for any free one
   */
  public static Listener start(Core core, Faults faults, Observer observer, Leaf leaf, int port) {
    try {
      InetSocketAddress address = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port);
      HttpsServer server = HttpsServer.create(address, 0);
      Listener listener = new Listener(core, faults, observer, server);
      server.setHttpsConfigurator(ListenerTls.of(leaf));
      server.setExecutor(listener.threads);
      server.createContext("/", listener::handle);
      server.start();
      return listener;
    } catch (IOException taken) {
      throw new UncheckedIOException(taken);
    }
  }

  public int port() {
    return server.getAddress().getPort();
  }

  /** Closes the socket and every connection; what is being worked on goes on unheard. */
  @Override
  public void close() {
    stopped.countDown();
    server.stop(0);
  }

  private void handle(HttpExchange exchange) throws IOException {
    String raw = exchange.getRequestURI().getPath();
    String path = raw.startsWith(ROOT) ? raw.substring(ROOT.length()) : raw;
    Optional<Fault> fault = faults.of(path);
    try {
      switch (fault.orElse(null)) {
        case null -> send(exchange, served(exchange, path));
        case Fault.Answer answer -> send(exchange, told(path, answer), answer.headers());
        case Fault.Slow slow -> {
          boolean unused =
              stopped.await(slow.by().toMillis(), java.util.concurrent.TimeUnit.MILLISECONDS);
          send(exchange, served(exchange, path));
        }
        case Fault.CutAnswer cut -> cutShort(exchange, served(exchange, path));
        case Fault.LoseAnswer lose -> served(exchange, path);
        case Fault.NeverAnswer never -> stopped.await();
        case Fault.HoldAnswer hold -> {
          Outcome outcome = served(exchange, path);
          hold.release().await();
          send(exchange, outcome);
        }
      }
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
    } finally {
      exchange.close();
    }
  }

  private Outcome served(HttpExchange exchange, String path) throws IOException {
    Outcome outcome;
    try {
      VaultRequest request = Requests.read((HttpsExchange) exchange, path);
      outcome = core.serve(request);
    } catch (Refusal unreadable) {
      String error = String.valueOf(unreadable.getMessage());
      outcome = new Outcome(Operation.READ, null, unreadable.status(), error, unreadable.body());
    }
    observer.served(path, outcome);
    return outcome;
  }

  private Outcome told(String path, Fault.Answer answer) {
    JsonObject body = new JsonObject().put("errors", new JsonArray(answer.errors()));
    Outcome outcome =
        new Outcome(Operation.READ, null, answer.status(), answer.errors().toString(), body);
    observer.served(path, outcome);
    return outcome;
  }

  private static void send(HttpExchange exchange, Outcome outcome) throws IOException {
    send(exchange, outcome, Map.of());
  }

  private static void send(HttpExchange exchange, Outcome outcome, Map<String, String> headers)
      throws IOException {
    byte[] body = bytes(outcome.body());
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.getResponseHeaders().set("Cache-Control", "no-store");
    headers.forEach(exchange.getResponseHeaders()::set);
    exchange.sendResponseHeaders(outcome.status(), body.length == 0 ? -1 : body.length);
    if (body.length > 0) {
      try (OutputStream out = exchange.getResponseBody()) {
        out.write(body);
      }
    }
  }

  /** Promises the whole answer, sends half of it, and leaves the closing to the caller. */
  private static void cutShort(HttpExchange exchange, Outcome outcome) throws IOException {
    byte[] body = bytes(outcome.body());
    exchange.sendResponseHeaders(outcome.status(), Math.max(body.length, 2));
    OutputStream out = exchange.getResponseBody();
    out.write(body, 0, body.length / 2);
    out.flush();
  }

  private static byte[] bytes(@Nullable JsonObject body) {
    return body == null ? new byte[0] : (body.encode() + "\n").getBytes(StandardCharsets.UTF_8);
  }
}
