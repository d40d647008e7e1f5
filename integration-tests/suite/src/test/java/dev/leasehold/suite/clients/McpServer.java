package dev.leasehold.suite.clients;

import com.sun.net.httpserver.HttpExchange;
import dev.leasehold.suite.clients.Upstream.Arrival;
import dev.leasehold.testbed.server.FreePorts;
import dev.leasehold.testbed.server.ServerProcess;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * A server of the Model Context Protocol, of its Python SDK, which the upstream passes calls to.
 */
final class McpServer implements AutoCloseable {
  private static final Set<String> PASSED =
      Set.of("accept", "content-type", "last-event-id", "cache-control");

  private final URI address;
  private final ServerProcess process;
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  McpServer(Path folder, List<String> command) {
    int port = FreePorts.next();
    address = URI.create("http://127.0.0.1:" + port + "/mcp");
    process =
        ServerProcess.start("mcp", folder, command, Map.of("MCP_PORT", Integer.toString(port)));
    process.awaitReady("the MCP server listens", () -> listens(port));
  }

  private static boolean listens(int port) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException notYet) {
      return false;
    }
  }

  void answer(HttpExchange exchange, Arrival arrival) throws IOException {
    byte[] body = exchange.getRequestBody().readAllBytes();
    HttpRequest.Builder request =
        HttpRequest.newBuilder(address).method(arrival.method(), BodyPublishers.ofByteArray(body));
    exchange
        .getRequestHeaders()
        .forEach((name, values) -> values.forEach(value -> pass(request, name, value)));
    try {
      HttpResponse<InputStream> got = client.send(request.build(), BodyHandlers.ofInputStream());
      passBack(got, exchange);
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
    }
  }

  private static boolean isPassed(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return PASSED.contains(lower) || lower.startsWith("mcp-");
  }

  private static void pass(HttpRequest.Builder request, String name, String value) {
    if (isPassed(name)) {
      request.header(name, value);
    }
  }

  /** Piece by piece, as events come. */
  private static void passBack(HttpResponse<InputStream> got, HttpExchange exchange)
      throws IOException {
    got.headers().map().entrySet().stream()
        .filter(header -> isPassed(header.getKey()))
        .forEach(header -> exchange.getResponseHeaders().put(header.getKey(), header.getValue()));
    long length = got.headers().firstValueAsLong("content-length").orElse(-1);
    exchange.sendResponseHeaders(got.statusCode(), length < 0 ? 0 : length == 0 ? -1 : length);
    byte[] piece = new byte[8192];
    try (InputStream in = got.body();
        OutputStream out = exchange.getResponseBody()) {
      out.flush(); // a stream may stay empty for long
      for (int read = in.read(piece); read >= 0; read = in.read(piece)) {
        out.write(piece, 0, read);
        out.flush();
      }
    }
  }

  @Override
  public void close() {
    client.shutdownNow();
    process.close();
  }
}
