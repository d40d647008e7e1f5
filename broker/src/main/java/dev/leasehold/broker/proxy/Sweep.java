package dev.leasehold.broker.proxy;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Looks at the connections of one event loop a few times a second for what takes too long: far
 * cheaper than a timer for each of them, and exact enough for limits of seconds.
 */
final class Sweep {
  private static final long EVERY_MILLIS = 250;
  private static final Map<EventLoop, Sweep> SWEEPS = new ConcurrentHashMap<>();

  private final EventLoop loop;

  /** What is looked at. */
  interface Watched {
    Channel channel();

    /**
     * Ends what must not go on. On the channel's event loop.
     *
     * @param now of {@link System#nanoTime}
     */
    void check(long now);
  }

  private final Set<Watched> connections = new HashSet<>();
  private boolean scheduled;

  private Sweep(EventLoop loop) {
    this.loop = loop;
  }

  /** Watches {@code connection} until it is closed. On its event loop. */
  static void watch(Watched connection) {
    Channel channel = connection.channel();
    Sweep sweep =
        SWEEPS.computeIfAbsent(
            channel.eventLoop(),
            loop -> {
              var unused = loop.terminationFuture().addListener(done -> SWEEPS.remove(loop));
              return new Sweep(loop);
            });
    sweep.connections.add(connection);
    channel.closeFuture().addListener(closed -> sweep.connections.remove(connection));
    sweep.later();
  }

  /** Somebody else looks after its channel now. On its event loop. */
  static void leave(Watched connection) {
    Sweep sweep = SWEEPS.get(connection.channel().eventLoop());
    if (sweep != null) {
      sweep.connections.remove(connection);
    }
  }

  private void later() {
    if (!scheduled && !connections.isEmpty()) {
      scheduled = true;
      var unused = loop.schedule(this::look, EVERY_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  private void look() {
    scheduled = false;
    long now = System.nanoTime();
    for (Watched connection : new ArrayList<>(connections)) {
      connection.check(now);
    }
    later();
  }
}
