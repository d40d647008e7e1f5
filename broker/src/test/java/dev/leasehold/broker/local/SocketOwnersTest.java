package dev.leasehold.broker.local;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The kernel's tables, read narrowly. */
final class SocketOwnersTest {
  private static final InetSocketAddress CLIENT = address("127.0.0.1", 0x9c40);
  private static final InetSocketAddress SERVER = address("127.0.0.1", 0x3ae8);

  @TempDir private Path folder;

  private static InetSocketAddress address(String host, int port) {
    return new InetSocketAddress(InetAddress.ofLiteral(host), port);
  }

  private SocketOwners table(String name, String pair, String state, String uid, String inode)
      throws IOException {
    Path file = folder.resolve(name);
    Files.writeString(
        file,
        "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid\n"
            + "   0: 0100007F:3AE8 0100007F:9C40 01 00000000:00000000 00:00000000 00000000"
            + "   999        0 111 1 0 20 4 30 10 -1\n"
            + "   1: "
            + pair
            + " "
            + state
            + " 00000000:00000000 00:00000000 00000000  "
            + uid
            + "        0 "
            + inode
            + " 1 0000000000000000 20 4 30 10 -1\n");
    return new SocketOwners(List.of(folder.resolve("tcp"), folder.resolve("tcp6")));
  }

  @Test
  void ownerIsTheOneOfTheClientsEnd() throws Exception {
    // Given
    SocketOwners owners = table("tcp", "0100007F:9C40 0100007F:3AE8", "01", "1001", "222");

    // When
    OptionalInt uid = owners.uid(CLIENT, SERVER);

    // Then
    assertEquals(OptionalInt.of(1001), uid);
  }

  @Test
  void clientThatSpeaksIpv4OverIpv6IsFound() throws Exception {
    // Given
    SocketOwners owners =
        table(
            "tcp6",
            "0000000000000000FFFF00000100007F:9C40 0000000000000000FFFF00000100007F:3AE8",
            "01",
            "1001",
            "222");

    // When
    OptionalInt uid = owners.uid(CLIENT, SERVER);

    // Then
    assertEquals(OptionalInt.of(1001), uid);
  }

  @ParameterizedTest
  @CsvSource({"06,0,0", "05,0,0", "01,0,0"})
  void socketWithoutAProcessIsNobodysAndNotRoots(String state, String uid, String inode)
      throws Exception {
    // Given
    SocketOwners owners = table("tcp", "0100007F:9C40 0100007F:3AE8", state, uid, inode);

    // When
    OptionalInt found = owners.uid(CLIENT, SERVER);

    // Then
    assertEquals(OptionalInt.empty(), found);
  }

  @Test
  void realConnectionIsOurs() throws Exception {
    // Given
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"));
        Socket client = new Socket(server.getInetAddress(), server.getLocalPort())) {

      // When
      OptionalInt uid =
          SocketOwners.system()
              .uid(
                  (InetSocketAddress) client.getLocalSocketAddress(),
                  (InetSocketAddress) client.getRemoteSocketAddress());

      // Then
      assertEquals(OptionalInt.of(OwnUid.read()), uid);
    }
  }
}
