package dev.leasehold.broker.upstream;

import dev.leasehold.broker.destination.Destination;
import io.netty.channel.Channel;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Every connection of one task, whichever event loop it lives on. Safe for several threads. */
final class TaskConnections {
  private final Set<Channel> open = ConcurrentHashMap.newKeySet();
  private final Map<Destination, AtomicInteger> counts = new ConcurrentHashMap<>();
  private volatile boolean closed;

  /** Takes one of the destination's connections; false when all are taken. */
  boolean tryCount(Destination destination) {
    AtomicInteger count = count(destination);
    if (count.incrementAndGet() > destination.limits().connections()) {
      count.decrementAndGet();
      return false;
    }
    return true;
  }

  void uncount(Destination destination) {
    count(destination).decrementAndGet();
  }

  private AtomicInteger count(Destination destination) {
    return counts.computeIfAbsent(destination, key -> new AtomicInteger());
  }

  /** False when the task is over; the channel is then closed. */
  boolean add(Channel channel) {
    open.add(channel);
    channel.closeFuture().addListener(done -> open.remove(channel));
    if (closed) {
      Channels.close(channel);
    }
    return !closed;
  }

  boolean isClosed() {
    return closed;
  }

  void close() {
    closed = true;
    open.forEach(Channels::close);
  }
}
