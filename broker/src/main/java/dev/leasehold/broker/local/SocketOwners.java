package dev.leasehold.broker.local;

import io.netty.channel.Channel;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.OptionalInt;

/**
 * Whose a TCP connection on this machine is, as the kernel's tables tell ({@code proc(5)}, {@code
 * /proc/net/tcp}). Blocks while it reads them.
 */
public final class SocketOwners {
  private static final String ESTABLISHED = "01";
  private static final byte[] MAPPED = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, (byte) 0xff, (byte) 0xff};

  private final List<Path> tables;

  public SocketOwners(List<Path> tables) {
    this.tables = List.copyOf(tables);
  }

  public static SocketOwners system() {
    return new SocketOwners(List.of(Path.of("/proc/net/tcp"), Path.of("/proc/net/tcp6")));
  }

  /** Whether this system can tell at all. */
  public boolean isAvailable() {
    return Files.isReadable(tables.getFirst());
  }

  /**
   * The uid of the process that made the socket at {@code client}, which is connected to {@code
   * server}. Empty when there is no such living socket: one that its process has left already shows
   * the uid 0, which must not pass for root's.
   */
  public OptionalInt uid(InetSocketAddress client, InetSocketAddress server) throws IOException {
    for (Path table : tables) {
      boolean six = table.getFileName().toString().endsWith("6");
      String pair = hex(client, six) + " " + hex(server, six) + " " + ESTABLISHED + " ";
      OptionalInt uid = find(table, pair);
      if (uid.isPresent()) {
        return uid;
      }
    }
    return OptionalInt.empty();
  }

  /** The uid of the process at the other end; empty where that cannot be told. */
  public OptionalInt uid(Channel channel) {
    try {
      if (channel instanceof EpollDomainSocketChannel unix) {
        return OptionalInt.of(unix.peerCredentials().uid());
      }
      return channel.remoteAddress() instanceof InetSocketAddress peer
              && channel.localAddress() instanceof InetSocketAddress here
          ? uid(peer, here)
          : OptionalInt.empty();
    } catch (IOException unreadable) {
      return OptionalInt.empty();
    }
  }

  /** Whether a process of {@code uid} is at the other end; false where that cannot be told. */
  public boolean isOf(int uid, Channel channel) {
    return uid(channel).orElse(-1) == uid;
  }

  private static OptionalInt find(Path table, String pair) throws IOException {
    if (!Files.isReadable(table)) {
      return OptionalInt.empty(); // no IPv6 here
    }
    try (BufferedReader lines = Files.newBufferedReader(table, StandardCharsets.US_ASCII)) {
      String line;
      while ((line = lines.readLine()) != null) {
        int at = line.indexOf(": ");
        if (at >= 0 && line.startsWith(pair, at + 2)) {
          // After the pair and its state: queues, timer, retransmissions, uid, timeout, inode.
          String[] rest = line.substring(at + 2 + pair.length()).strip().split("\\s+", 7);
          boolean held = !rest[5].equals("0");
          return held ? OptionalInt.of(Integer.parseInt(rest[3])) : OptionalInt.empty();
        }
      }
    }
    return OptionalInt.empty();
  }

  /** As the tables have it: 32-bit words in the machine's own byte order. */
  private static String hex(InetSocketAddress address, boolean six) {
    byte[] bytes = bytes(address.getAddress(), six);
    ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
    StringBuilder out = new StringBuilder();
    while (in.hasRemaining()) {
      out.append(HexFormat.of().withUpperCase().toHexDigits(in.getInt()));
    }
    return out.append(':')
        .append(HexFormat.of().withUpperCase().toHexDigits((short) address.getPort()))
        .toString();
  }

  private static byte[] bytes(InetAddress address, boolean six) {
    byte[] bytes = address.getAddress();
    if (!six || !(address instanceof Inet4Address)) {
      return bytes;
    }
    byte[] mapped = java.util.Arrays.copyOf(MAPPED, 16);
    System.arraycopy(bytes, 0, mapped, 12, 4);
    return mapped;
  }
}
