package dev.leasehold.testbed.target;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/**
 * A name server (RFC 1035) to which every name is this machine, or whatever a test says: upstreams
 * of tests have names that no resolver knows, and whoever asks for one is seen.
 */
public final class LoopbackNames implements AutoCloseable {
  private static final int LARGEST = 512;
  private static final int HEADER = 12;
  private static final int TYPE_A = 1;
  private static final int TYPE_AAAA = 28;
  private static final short ANSWER_FLAGS = (short) 0x8180;
  private static final byte[] LOOPBACK = {127, 0, 0, 1};

  private final DatagramSocket socket;
  private final Function<String, List<byte[]>> addresses;
  private final List<String> asked = new CopyOnWriteArrayList<>();

  private LoopbackNames(DatagramSocket socket, Function<String, List<byte[]>> addresses) {
    this.socket = socket;
    this.addresses = addresses;
    Thread.ofPlatform().name("names").daemon().start(this::serve);
  }

  /** On a free port of loopback. */
  public static LoopbackNames start() {
    return start(name -> List.of(LOOPBACK));
  }

  /**
   * The same with answers of the test's own, good for no time at all.
   *
   * @param addresses of a name, asked at each question: 4 bytes for an A record, 16 for an AAAA
   */
  public static LoopbackNames start(Function<String, List<byte[]>> addresses) {
    try {
      return new LoopbackNames(
          new DatagramSocket(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0)),
          addresses);
    } catch (IOException refused) {
      throw new UncheckedIOException(refused);
    }
  }

  /** {@code host:port}. */
  public String address() {
    return "127.0.0.1:" + socket.getLocalPort();
  }

  /** The names that were asked for, oldest first. */
  public List<String> asked() {
    return List.copyOf(asked);
  }

  private void serve() {
    byte[] bytes = new byte[LARGEST];
    while (!socket.isClosed()) {
      DatagramPacket query = new DatagramPacket(bytes, bytes.length);
      try {
        socket.receive(query);
        byte[] answer = answer(bytes);
        socket.send(new DatagramPacket(answer, answer.length, query.getSocketAddress()));
      } catch (IOException closed) {
        return;
      }
    }
  }

  /** The records of the type that was asked for. */
  private byte[] answer(byte[] query) {
    int at = HEADER;
    StringBuilder name = new StringBuilder();
    for (int length; (length = query[at++]) > 0; at += length) {
      name.append(name.isEmpty() ? "" : ".");
      name.append(new String(query, at, length, StandardCharsets.US_ASCII));
    }
    asked.add(name.toString());
    int type = query[at] << 8 | query[at + 1];
    int size = type == TYPE_A ? 4 : type == TYPE_AAAA ? 16 : 0;
    List<byte[]> found =
        addresses.apply(name.toString()).stream().filter(one -> one.length == size).toList();
    int end = at + 4;
    ByteBuffer out = ByteBuffer.allocate(LARGEST);
    out.put(query, 0, 2).putShort(ANSWER_FLAGS).putShort((short) 1);
    out.putShort((short) found.size()).putShort((short) 0).putShort((short) 0);
    out.put(query, HEADER, end - HEADER);
    for (byte[] address : found) {
      out.putShort((short) (0xc000 | HEADER)).putShort((short) type).putShort((short) 1);
      out.putInt(0).putShort((short) size).put(address);
    }
    byte[] answer = new byte[out.position()];
    out.flip().get(answer);
    return answer;
  }

  @Override
  public void close() {
    socket.close();
  }
}
