package dev.leasehold.broker.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.leasehold.broker.lease.TargetProof;
import dev.leasehold.broker.lease.VerifierConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is answered without a server. */
class PostgresqlVerifierTest {
  @TempDir Path directory;

  @Test
  void serverThatIsNotThereProvesNothing() throws IOException {
    // Given
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    Path password = Files.writeString(directory.resolve("password"), "secret\n");
    // When
    TargetProof proof = verify(port, password);
    // Then
    assertEquals(TargetProof.UNKNOWN, proof);
  }

  @Test
  void missingPasswordFileProvesNothing() {
    // When
    TargetProof proof = verify(1, directory.resolve("absent"));
    // Then
    assertEquals(TargetProof.UNKNOWN, proof);
  }

  private static TargetProof verify(int port, Path password) {
    return Verifiers.of(
            new VerifierConfig.Postgresql(
                "127.0.0.1", port, "app", "checker", password, Optional.empty()))
        .verify("v-app-1");
  }
}
