package dev.leasehold.broker.upstream;

import io.netty.channel.EventLoop;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The connections of one event loop that wait for their task's next call; the most recent one goes
 * first. Used on that loop only.
 */
final class IdleConnections {
  /** Servers close idle connections when they like; a short wait makes that race rare. */
  private static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(30);

  /** For calls that must not be sent twice, and so could not survive the race. */
  private static final long FRESH_NANOS = TimeUnit.SECONDS.toNanos(4);

  private static final int MOST_PER_ROUTE = 64;
  private static final long SWEEP_SECONDS = 5;

  private final EventLoop loop;
  private final Map<Route, Deque<UpstreamConnection>> idle = new HashMap<>();
  private boolean sweeping;

  IdleConnections(EventLoop loop) {
    this.loop = loop;
  }

  /**
   * @param repeatable whether the call may be sent again should the connection turn out dead
   */
  @Nullable UpstreamConnection take(Route route, boolean repeatable) {
    Deque<UpstreamConnection> waiting = idle.get(route);
    if (waiting == null) {
      return null;
    }
    long limit = repeatable ? LONGEST_NANOS : FRESH_NANOS;
    long now = System.nanoTime();
    while (!waiting.isEmpty()) {
      UpstreamConnection connection = waiting.peekFirst();
      if (connection.channel().isActive() && now - connection.idleSince() < limit) {
        return waiting.removeFirst();
      }
      if (now - connection.idleSince() < LONGEST_NANOS && connection.channel().isActive()) {
        return null; // the most recent one is too old for this call, so all are
      }
      Channels.close(waiting.removeFirst().channel());
    }
    return null;
  }

  void add(UpstreamConnection connection) {
    Deque<UpstreamConnection> waiting =
        idle.computeIfAbsent(connection.route(), route -> new ArrayDeque<>());
    waiting.addFirst(connection);
    if (waiting.size() > MOST_PER_ROUTE) {
      Channels.close(waiting.removeLast().channel());
    }
    if (!sweeping) {
      sweepLater();
    }
  }

  void remove(UpstreamConnection connection) {
    Deque<UpstreamConnection> waiting = idle.get(connection.route());
    if (waiting != null && waiting.remove(connection) && waiting.isEmpty()) {
      idle.remove(connection.route());
    }
  }

  /** Makes room for a connection of the same task and destination elsewhere. */
  void closeOne(Object task, Object destination) {
    for (Map.Entry<Route, Deque<UpstreamConnection>> entry : idle.entrySet()) {
      Route route = entry.getKey();
      if (route.task() == task
          && route.destination() == destination
          && !entry.getValue().isEmpty()) {
        Channels.close(entry.getValue().removeLast().channel());
        return;
      }
    }
  }

  private void sweep() {
    long now = System.nanoTime();
    List<UpstreamConnection> old = new ArrayList<>();
    for (Deque<UpstreamConnection> waiting : idle.values()) {
      for (UpstreamConnection connection : waiting) {
        if (now - connection.idleSince() >= LONGEST_NANOS) {
          old.add(connection);
        }
      }
    }
    old.forEach(connection -> Channels.close(connection.channel())); // each removes itself
    idle.values().removeIf(Deque::isEmpty);
    sweeping = false;
    if (!idle.isEmpty()) {
      sweepLater();
    }
  }

  @SuppressWarnings("FutureReturnValueIgnored") // a loop that is shut down has no connections left
  private void sweepLater() {
    sweeping = true;
    loop.schedule(this::sweep, SWEEP_SECONDS, TimeUnit.SECONDS);
  }
}
