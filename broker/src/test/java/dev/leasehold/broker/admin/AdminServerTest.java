package dev.leasehold.broker.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.leasehold.broker.telemetry.Metrics;
import dev.leasehold.broker.telemetry.Readiness;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class AdminServerTest {
  private final Vertx vertx = Vertx.vertx();
  private final Metrics metrics = new Metrics("1.2.3", "abc");
  private final Readiness readiness = new Readiness();
  private final HttpClient client = HttpClient.newHttpClient();
  private AdminServer server;
  private volatile Optional<String> vault = Optional.of("vault: 503 from the active node");

  @BeforeEach
  void start() throws IOException {
    readiness.add("identity", Optional::empty, () -> List.of("the SVID's CA changes soon"));
    readiness.add("vault", () -> vault);
    server = AdminServer.start(vertx, anyPort(), readiness, metrics);
  }

  @AfterEach
  void stop() throws TimeoutException {
    server.close();
    vertx.close().await(10, TimeUnit.SECONDS);
    metrics.close();
    client.close();
  }

  @Test
  void aliveWhateverIsNotReady() throws Exception {
    assertEquals(200, get("/livez").statusCode());
  }

  @Test
  void whatIsNotReadyIsNamedWithItsReason() throws Exception {
    // When
    HttpResponse<String> answer = get("/readyz");

    // Then
    assertEquals(503, answer.statusCode());
    assertEquals(
        "{\"ready\":false,\"checks\":{"
            + "\"identity\":{\"ok\":true,\"warnings\":[\"the SVID's CA changes soon\"]},"
            + "\"vault\":{\"ok\":false,\"reason\":\"vault: 503 from the active node\"}}}\n",
        answer.body());
    assertEquals(Optional.of("application/json"), answer.headers().firstValue("Content-Type"));
    assertEquals(Optional.of("no-store"), answer.headers().firstValue("Cache-Control"));
  }

  @Test
  void readyWhenEveryCheckHolds() throws Exception {
    // Given
    vault = Optional.empty();

    // When
    HttpResponse<String> answer = get("/readyz");

    // Then
    assertEquals(200, answer.statusCode());
    assertTrue(answer.body().startsWith("{\"ready\":true,"), answer.body());
  }

  @Test
  void startedOnceIsStartedForGood() throws Exception {
    // Given
    int before = get("/startupz").statusCode();
    vault = Optional.empty();
    int ready = get("/startupz").statusCode();
    vault = Optional.of("gone");

    // When
    int after = get("/startupz").statusCode();

    // Then
    assertEquals(List.of(503, 200, 200), List.of(before, ready, after));
  }

  @Test
  void metricsComeInTheFormThatIsAskedFor() throws Exception {
    // When
    HttpResponse<String> text = get("/metrics");
    HttpResponse<String> open =
        send(request("/metrics").header("Accept", "application/openmetrics-text; version=1.0.0"));

    // Then
    String sample = "leasehold_build_info{revision=\"abc\",version=\"1.2.3\"} 1";
    assertTrue(text.body().contains(sample), text.body());
    assertTrue(open.body().contains(sample), open.body());
    assertTrue(open.body().endsWith("# EOF\n"));
    assertEquals(
        Optional.of("text/plain; version=0.0.4; charset=utf-8"),
        text.headers().firstValue("Content-Type"));
    assertEquals(
        Optional.of("application/openmetrics-text; version=1.0.0; charset=utf-8"),
        open.headers().firstValue("Content-Type"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/livez", "/readyz", "/startupz", "/metrics"})
  void nothingCanBeChanged(String path) throws Exception {
    for (String method : List.of("POST", "PUT", "DELETE", "PATCH", "OPTIONS")) {
      // When
      HttpResponse<String> answer =
          send(request(path).method(method, BodyPublishers.ofString("x")));

      // Then
      assertEquals(405, answer.statusCode(), method);
      assertEquals(Optional.of("GET, HEAD"), answer.headers().firstValue("Allow"));
      assertEquals("", answer.body());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/livez", "/metrics"})
  void headIsAnsweredWithoutABody(String path) throws Exception {
    // When
    HttpResponse<String> answer = send(request(path).HEAD());

    // Then
    assertEquals(200, answer.statusCode());
    assertEquals("", answer.body());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/", "/readyz/", "/v1/tasks", "/v1/access", "/metrics/../livez", "//livez"})
  void nothingElseIsHere(String path) throws Exception {
    assertEquals(404, get(path).statusCode());
  }

  @Test
  void anAddressThatIsTakenIsNamed() throws IOException {
    // Given
    try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      AdminConfig taken = new AdminConfig((InetSocketAddress) other.getLocalSocketAddress());

      // When
      IOException refusal =
          assertThrows(
              IOException.class, () -> AdminServer.start(vertx, taken, readiness, metrics).close());

      // Then
      String message = String.valueOf(refusal.getMessage());
      assertTrue(message.startsWith("listen.admin: cannot listen on "), message);
    }
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return send(request(path));
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(
        URI.create("http://127.0.0.1:" + server.address().getPort() + path));
  }

  private HttpResponse<String> send(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return client.send(request.build(), BodyHandlers.ofString());
  }

  private static AdminConfig anyPort() {
    return new AdminConfig(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
  }
}
