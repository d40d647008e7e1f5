package dev.leasehold.suite.clients;

import com.sun.net.httpserver.HttpExchange;
import dev.leasehold.suite.clients.Upstream.Arrival;
import dev.leasehold.testbed.sidecar.Ran;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code git http-backend} over one repository, called as web servers call it (RFC 3875). */
final class GitBackend {
  private final Path folder;

  /**
   * @param folder where the repository comes to lie
   * @param script what makes it
   */
  GitBackend(Path folder, Path script) {
    this.folder = folder;
    Ran.command(List.of("sh", script.toString(), folder.toString()), Map.of()).orThrow();
  }

  void answer(HttpExchange exchange, Arrival arrival) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder("git", "http-backend").redirectError(ProcessBuilder.Redirect.DISCARD);
    builder.environment().putAll(variables(exchange, arrival));
    Process process = builder.start();
    Thread.ofVirtual().start(() -> feed(process, exchange.getRequestBody()));
    try (InputStream out = new BufferedInputStream(process.getInputStream())) {
      int status = 200;
      for (String line = line(out); !line.isEmpty(); line = line(out)) {
        String[] header = line.split(": ", 2);
        if (header[0].equals("Status")) {
          status = Integer.parseInt(header[1].substring(0, 3));
        } else {
          exchange.getResponseHeaders().add(header[0], header[1]);
        }
      }
      exchange.sendResponseHeaders(status, 0);
      out.transferTo(exchange.getResponseBody());
    } finally {
      process.destroy();
    }
  }

  private Map<String, String> variables(HttpExchange exchange, Arrival arrival) {
    return Map.ofEntries(
        Map.entry("GIT_PROJECT_ROOT", folder.toString()),
        Map.entry("GIT_HTTP_EXPORT_ALL", "1"),
        Map.entry("GATEWAY_INTERFACE", "CGI/1.1"),
        Map.entry("REQUEST_METHOD", arrival.method()),
        Map.entry("PATH_INFO", arrival.rest()),
        Map.entry(
            "QUERY_STRING", Optional.ofNullable(exchange.getRequestURI().getQuery()).orElse("")),
        Map.entry("CONTENT_TYPE", header(exchange, "Content-Type")),
        Map.entry("CONTENT_LENGTH", header(exchange, "Content-Length")),
        Map.entry("HTTP_CONTENT_ENCODING", header(exchange, "Content-Encoding")),
        Map.entry("HTTP_GIT_PROTOCOL", header(exchange, "Git-Protocol")),
        Map.entry("REMOTE_USER", arrival.login().orElseThrow().user()),
        Map.entry("REMOTE_ADDR", "127.0.0.1"));
  }

  private static String header(HttpExchange exchange, String name) {
    return Optional.ofNullable(exchange.getRequestHeaders().getFirst(name)).orElse("");
  }

  private static void feed(Process process, InputStream body) {
    try (OutputStream in = process.getOutputStream()) {
      body.transferTo(in);
    } catch (IOException ended) {
      process.destroy(); // the client went away, or the program has read all that it needs
    }
  }

  private static String line(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int next = in.read(); next >= 0 && next != '\n'; next = in.read()) {
      line.write(next);
    }
    return line.toString(StandardCharsets.US_ASCII).stripTrailing();
  }
}
