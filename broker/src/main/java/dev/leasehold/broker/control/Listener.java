package dev.leasehold.broker.control;

import dev.leasehold.broker.local.SocketFile;
import io.netty.channel.Channel;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.SocketAddress;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP/1.1 listener of the API: accepts connections within bounds, closes idle ones, and hands
 * each request to an {@link Exchange}.
 */
abstract class Listener implements AutoCloseable {
  /** Connections of one uid that is a caller, or of the loopback address. */
  static final int MAX_CONNECTIONS = 512;

  /** Connections of one uid that is none: it may hold a task's token. */
  static final int MAX_STRANGERS = 32;

  static final Duration IDLE = Duration.ofSeconds(30);

  private static final int MAX_LINE = 4096;
  private static final int MAX_HEADERS = 16 * 1024;
  private static final Duration BIND_TIME = Duration.ofSeconds(10);

  private final ControlState state;
  private final Map<HttpConnection, Peer> peers = new ConcurrentHashMap<>();
  private final Map<Optional<Integer>, Integer> connections = new HashMap<>(); // guarded by itself
  private final long idleTimer;
  private @Nullable HttpServer server;
  private @Nullable SocketFile file;

  Listener(ControlState state) {
    this.state = state;
    this.idleTimer =
        state.vertx().setPeriodic(IDLE.toMillis() / 6, tick -> closeIdle(clockNanos()));
  }

  /** Binds a Unix socket, whose file goes when this is closed; blocks. */
  final void listen(Path socket) throws IOException {
    SocketFile.prepare(socket);
    listen(SocketAddress.domainSocketAddress(socket.toString()));
    file = SocketFile.open(socket);
  }

  /** Binds; blocks. */
  final HttpServer listen(SocketAddress address) throws IOException {
    HttpServerOptions options =
        new HttpServerOptions()
            .setHttp2ClearTextEnabled(false)
            .setHandle100ContinueAutomatically(false)
            .setMaxInitialLineLength(MAX_LINE)
            .setMaxHeaderSize(MAX_HEADERS);
    HttpServer created =
        state
            .vertx()
            .createHttpServer(options)
            .connectionHandler(this::accept)
            .requestHandler(
                request -> {
                  Peer peer = peers.get(request.connection());
                  if (peer == null) {
                    request.connection().close(); // refused at once, and its close is under way
                  } else {
                    Exchange.handle(this, request, peer);
                  }
                });
    try {
      created
          .listen(address)
          .toCompletionStage()
          .toCompletableFuture()
          .get(BIND_TIME.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException failure) {
      throw new IOException("control: cannot listen on " + address, failure);
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
      throw new IOException("control: interrupted while binding " + address, stopping);
    }
    server = created;
    return created;
  }

  /** The uid at the other end, where the channel can tell. */
  abstract Optional<Integer> uid(Channel channel);

  /** Whether {@link #identify} may block, and so must not be called on an event loop. */
  abstract boolean mayBlock(@Nullable String authorization);

  /** Who asks, or a refusal. */
  abstract Principal identify(Peer peer, @Nullable String authorization);

  abstract BrowserGuard guard();

  /** How callers reach this listener, as {@code LEASEHOLD_CONTROL} has it. */
  abstract String control();

  final ControlState state() {
    return state;
  }

  private void accept(HttpConnection connection) {
    Optional<Integer> uid =
        uid(
            ((io.vertx.core.http.impl.HttpServerConnection) connection)
                .channelHandlerContext()
                .channel());
    if (!admit(uid)) {
      connection.close();
      return;
    }
    CallerConnection caller = new CallerConnection(state::endHeld, clockNanos());
    peers.put(connection, new Peer(uid, caller));
    connection.closeHandler(
        closed -> {
          peers.remove(connection);
          release(uid);
          caller.closed();
        });
  }

  private boolean admit(Optional<Integer> uid) {
    boolean isStranger = uid.filter(state.callers()::knows).isEmpty() && isStrangerPossible();
    synchronized (connections) {
      int open = connections.getOrDefault(uid, 0);
      if (open >= (isStranger ? MAX_STRANGERS : MAX_CONNECTIONS)) {
        return false;
      }
      connections.put(uid, open + 1);
      return true;
    }
  }

  private void release(Optional<Integer> uid) {
    synchronized (connections) {
      connections.computeIfPresent(uid, (key, open) -> open > 1 ? open - 1 : null);
    }
  }

  /** Whether a connection tells by itself that its other end is no caller. */
  abstract boolean isStrangerPossible();

  private void closeIdle(long now) {
    peers.forEach(
        (connection, peer) -> {
          if (peer.connection().isIdle(now, IDLE.toNanos())) {
            connection.close();
          }
        });
  }

  private long clockNanos() {
    return state.clock().nanos();
  }

  @Override
  public void close() {
    state.vertx().cancelTimer(idleTimer);
    if (server != null) {
      server.close().toCompletionStage().toCompletableFuture().join();
    }
    if (file == null) {
      return;
    }
    try {
      file.remove();
    } catch (IOException stays) {
      // Whoever starts next finds out whether it is in the way.
    }
  }
}
