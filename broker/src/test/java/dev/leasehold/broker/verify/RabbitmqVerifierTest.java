package dev.leasehold.broker.verify;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.net.httpserver.HttpServer;
import dev.leasehold.broker.lease.TargetProof;
import dev.leasehold.broker.lease.VerifierConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RabbitmqVerifierTest {
  @TempDir Path directory;
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private HttpServer server;
  private volatile int status = 404;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          asked.add(
              exchange.getRequestURI().getRawPath()
                  + " "
                  + exchange.getRequestHeaders().getFirst("Authorization"));
          exchange.sendResponseHeaders(status, -1);
          exchange.close();
        });
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  @ParameterizedTest
  @CsvSource({
    "404,GONE",
    "200,PRESENT",
    "401,UNKNOWN",
    "403,UNKNOWN",
    "500,UNKNOWN",
    "204,UNKNOWN",
    "302,UNKNOWN",
    "410,UNKNOWN"
  })
  void onlyAnExactNotFoundProvesThatTheUserIsGone(int answered, TargetProof expected)
      throws IOException {
    // Given
    status = answered;
    // When
    TargetProof proof = verify("v-app-1");
    // Then
    assertEquals(expected, proof);
  }

  @Test
  void nameIsOnePathSegmentAndThePasswordLosesItsLineEnd() throws IOException {
    // When
    verify("a/b c?");
    // Then
    String login = Base64.getEncoder().encodeToString("admin:pass word".getBytes(UTF_8));
    assertEquals(List.of("/api/users/a%2Fb%20c%3F Basic " + login), asked);
  }

  @Test
  void serverThatIsNotThereProvesNothing() throws IOException {
    // Given
    VerifierConfig config = config("pass word\n");
    server.stop(0);
    // When
    TargetProof proof = Verifiers.of(config).verify("v-app-1");
    // Then
    assertEquals(TargetProof.UNKNOWN, proof);
  }

  @Test
  void emptyPasswordFileAsksNobody() throws IOException {
    // When
    TargetProof proof = Verifiers.of(config("\n")).verify("v-app-1");
    // Then
    assertEquals(TargetProof.UNKNOWN, proof);
    assertEquals(List.of(), asked);
  }

  private TargetProof verify(String username) throws IOException {
    return Verifiers.of(config("pass word\n")).verify(username);
  }

  private VerifierConfig config(String password) throws IOException {
    Path file = Files.writeString(directory.resolve("password"), password);
    return new VerifierConfig.Rabbitmq(
        URI.create("http://127.0.0.1:" + server.getAddress().getPort()),
        "admin",
        file,
        Optional.empty());
  }
}
