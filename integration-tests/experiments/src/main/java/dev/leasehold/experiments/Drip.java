package dev.leasehold.experiments;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Very many connections, of which each sends the next byte of a request now and then. */
final class Drip implements AutoCloseable {
  private final List<SocketChannel> open = new ArrayList<>();

  /** Connects so many, to a port of loopback; each sends this much at once. */
  Drip(int port, int count, String first) throws IOException {
    for (int i = 0; i < count; i++) {
      SocketChannel channel =
          SocketChannel.open(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port));
      open.add(channel);
      if (!first.isEmpty()) {
        channel.write(ByteBuffer.wrap(first.getBytes(ISO_8859_1)));
      }
      channel.configureBlocking(false);
    }
  }

  /** How many the other side has not closed. */
  int open() {
    return open.size();
  }

  /** Sends one more byte on each; forgets those that were closed. */
  private void once() {
    ByteBuffer answer = ByteBuffer.allocate(4096);
    open.removeIf(
        channel -> {
          try {
            answer.clear();
            if (channel.read(answer) < 0) {
              channel.close();
              return true;
            }
            channel.write(ByteBuffer.wrap(new byte[] {'a'}));
            return false;
          } catch (IOException reset) {
            return true;
          }
        });
  }

  /** Goes on with a byte a second until all are closed, or that many seconds are over. */
  void until(int seconds) throws InterruptedException {
    for (int i = 0; i < seconds && !open.isEmpty(); i++) {
      once();
      TimeUnit.SECONDS.sleep(1);
    }
  }

  @Override
  public void close() throws IOException {
    for (SocketChannel channel : open) {
      channel.close();
    }
  }
}
