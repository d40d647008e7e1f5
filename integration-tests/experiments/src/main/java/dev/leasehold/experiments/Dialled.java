package dev.leasehold.experiments;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Watches the kernel's table of connections for those that somebody tries to make to addresses that
 * are not this machine's: nobody answers there, so that they stay in the table for a while.
 */
final class Dialled implements AutoCloseable {
  private static final long EVERY = TimeUnit.MILLISECONDS.toNanos(10);
  private static final String TRYING = "02";

  private final Set<String> watched = new HashSet<>();
  private final Set<String> seen = ConcurrentHashMap.newKeySet();
  private final Thread watcher;
  private volatile boolean closed;

  /**
   * @param port of the connections that count
   */
  Dialled(List<byte[]> addresses, int port) {
    for (byte[] address : addresses) {
      watched.add(asInTable(address) + ":%04X".formatted(port));
    }
    watcher = Thread.ofPlatform().name("dialled").daemon().start(this::watch);
  }

  /** The kernel writes each four bytes as one number of this machine. */
  private static String asInTable(byte[] address) {
    ByteBuffer in = ByteBuffer.wrap(address);
    ByteBuffer out = ByteBuffer.allocate(address.length).order(ByteOrder.nativeOrder());
    while (in.hasRemaining()) {
      out.putInt(in.getInt());
    }
    return HexFormat.of().withUpperCase().formatHex(out.array());
  }

  /** How many attempts were seen. */
  long count() {
    return seen.size();
  }

  private void watch() {
    while (!closed) {
      look(Path.of("/proc/net/tcp"));
      look(Path.of("/proc/net/tcp6"));
      LockSupport.parkNanos(EVERY);
    }
  }

  private void look(Path table) {
    try {
      for (String line : Files.readAllLines(table)) {
        String[] words = line.strip().split("\\s+", -1);
        if (words.length > 3 && words[3].equals(TRYING) && watched.contains(words[2])) {
          seen.add(words[1] + words[2]);
        }
      }
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(watcher);
  }
}
