package dev.leasehold.broker.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.internal.VertxInternal;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Local addresses come and go cleanly. */
final class ListenerTest {
  @TempDir private Path folder;
  private VertxInternal vertx;

  @BeforeEach
  void start() {
    vertx =
        (VertxInternal)
            Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1).setPreferNativeTransport(true));
  }

  @AfterEach
  void stop() {
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  private Listener open(Path socket, Listener.Arrival arrival) throws IOException {
    return Listener.open(
        vertx.acceptorEventLoopGroup(),
        vertx.nettyEventLoopGroup(),
        new ListenAddress.Unix(socket),
        arrival);
  }

  @Test
  void socketServesEverybodyAndIsRemovedAtTheEnd() throws Exception {
    // Given
    Path socket = folder.resolve("proxy.sock");
    CountDownLatch arrived = new CountDownLatch(1);
    Listener listener = open(socket, (channel, bound) -> arrived.countDown());

    // When
    String mode = PosixFilePermissions.toString(Files.getPosixFilePermissions(socket));
    try (SocketChannel agent = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
      arrived.await();
      assertTrue(agent.isConnected());
    }
    listener.close();

    // Then
    assertEquals("rw-rw-rw-", mode);
    assertFalse(Files.exists(socket));
  }

  @Test
  void socketThatIsServedIsNotTakenAway() throws Exception {
    // Given
    Path socket = folder.resolve("proxy.sock");
    Listener first = open(socket, (channel, bound) -> {});

    // When
    IOException refusal =
        assertThrows(IOException.class, () -> open(socket, (channel, bound) -> {}));

    // Then
    assertTrue(String.valueOf(refusal.getMessage()).contains("another process"));
    assertTrue(Files.exists(socket));
    first.close();
  }

  @Test
  void fileThatIsNoSocketIsNotRemoved() throws Exception {
    // Given
    Path file = Files.createFile(folder.resolve("proxy.sock"));

    // When
    IOException refusal = assertThrows(IOException.class, () -> open(file, (channel, bound) -> {}));

    // Then
    assertTrue(String.valueOf(refusal.getMessage()).contains("no socket"));
    assertTrue(Files.exists(file));
  }

  @Test
  void folderThatOthersCanWriteIsRefused() throws Exception {
    // Given
    Path open = Files.createDirectory(folder.resolve("open"));
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));

    // When
    IOException refusal =
        assertThrows(
            IOException.class, () -> open(open.resolve("proxy.sock"), (channel, bound) -> {}));

    // Then
    assertTrue(String.valueOf(refusal.getMessage()).contains("written by others"));
  }
}
