package dev.leasehold.broker.upstream;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * The addresses of this machine, and the ports of Leasehold's own listeners on it. Asked on event
 * loops: interfaces are listed in the background, every half minute while somebody asks.
 */
public final class OwnAddresses {
  private static final long STALE_NANOS = 30_000_000_000L;

  private final LongSupplier nanos;
  private final Set<InetSocketAddress> listeners = ConcurrentHashMap.newKeySet();
  private final AtomicBoolean listing = new AtomicBoolean();
  private volatile Set<InetAddress> interfaces;
  private volatile long listedAt;

  /** Lists the interfaces; blocks for a moment. */
  public OwnAddresses(LongSupplier nanos) {
    this.nanos = nanos;
    this.interfaces = list().orElse(Set.of()); // loopback and private ones are refused anyway
    this.listedAt = nanos.getAsLong();
  }

  /** Nothing is dialled there from now on. */
  public void addListener(InetSocketAddress address) {
    listeners.add(address);
  }

  public void removeListener(InetSocketAddress address) {
    listeners.remove(address);
  }

  boolean isInterface(InetAddress address) {
    if (nanos.getAsLong() - listedAt > STALE_NANOS && listing.compareAndSet(false, true)) {
      Thread.ofVirtual().start(this::refresh);
    }
    return interfaces.contains(address);
  }

  /** Whether a connection to there would come to one of our own listeners. */
  boolean isListener(InetAddress address, int port) {
    for (InetSocketAddress listener : listeners) {
      if (listener.getPort() == port
          && (listener.getAddress().equals(address)
              || listener.getAddress().isAnyLocalAddress() && isHere(address)
              || address.isAnyLocalAddress())) {
        return true;
      }
    }
    return false;
  }

  private boolean isHere(InetAddress address) {
    return address.isLoopbackAddress() || isInterface(address);
  }

  private void refresh() {
    try {
      interfaces = list().orElse(interfaces);
      listedAt = nanos.getAsLong();
    } finally {
      listing.set(false);
    }
  }

  /** Empty when the system does not tell. */
  private static Optional<Set<InetAddress>> list() {
    try {
      return Optional.of(
          NetworkInterface.networkInterfaces()
              .flatMap(NetworkInterface::inetAddresses)
              .map(OwnAddresses::withoutScope)
              .collect(Collectors.toUnmodifiableSet()));
    } catch (SocketException unreadable) {
      return Optional.empty();
    }
  }

  private static InetAddress withoutScope(InetAddress address) {
    try {
      return InetAddress.getByAddress(address.getAddress());
    } catch (java.net.UnknownHostException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
