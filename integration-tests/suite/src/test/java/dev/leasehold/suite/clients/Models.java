package dev.leasehold.suite.clients;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import dev.leasehold.suite.clients.Upstream.Arrival;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What an API of a language model streams, event by event, in the forms of two vendors. */
final class Models {
  private final Path folder;

  Models(Path folder) {
    this.folder = folder;
  }

  void answer(HttpExchange exchange, Arrival arrival) throws IOException {
    switch (arrival.rest()) {
      case "/chat/completions" -> stream(exchange, "completion.sse");
      case "/messages" -> stream(exchange, "message.sse");
      default -> Upstream.answer(exchange, 404, "no such model");
    }
  }

  private void stream(HttpExchange exchange, String file) throws IOException {
    exchange.getRequestBody().readAllBytes();
    exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
    exchange.sendResponseHeaders(200, 0);
    for (String event : Files.readString(folder.resolve(file)).split("(?<=\n\n)", -1)) {
      exchange.getResponseBody().write(event.getBytes(UTF_8));
      exchange.getResponseBody().flush();
    }
  }
}
