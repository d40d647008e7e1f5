package dev.leasehold.suite.clients;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import dev.leasehold.suite.clients.Upstream.Arrival;
import dev.leasehold.suite.clients.Upstream.Route;
import dev.leasehold.testbed.sidecar.Ran;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The registries of pip and npm, each with the one package {@value #NAME}. */
final class Packages {
  private static final String NAME = "leasehold-anvil";
  private static final String WHEEL = "leasehold_anvil-1.0-py3-none-any.whl";
  private static final String TARBALL = NAME + "-1.0.0.tgz";

  private final Path wheel;
  private final Path tarball;

  /**
   * @param files with what goes into the packages
   * @param folder where the packages come to lie
   */
  Packages(Path files, Path folder) {
    wheel = folder.resolve(WHEEL);
    tarball = folder.resolve(TARBALL);
    Path contents = files.resolve("pip/wheel");
    run(
        "python3",
        "-m",
        "zipfile",
        "-c",
        wheel.toString(),
        contents.resolve("leasehold_anvil.py").toString(),
        contents.resolve("leasehold_anvil-1.0.dist-info").toString());
    run("tar", "-C", files.resolve("npm").toString(), "-czf", tarball.toString(), "package");
  }

  private static void run(String... command) {
    Ran.command(List.of(command), Map.of()).orThrow();
  }

  Map<String, Route> routes() {
    return Map.of("pip", this::pip, "npm", this::npm);
  }

  /** PEP 503. */
  private void pip(HttpExchange exchange, Arrival arrival) throws IOException {
    switch (arrival.rest()) {
      case "/simple/" + NAME + "/" -> {
        String page = "<!DOCTYPE html><a href=\"../../%s\">%s</a>".formatted(WHEEL, WHEEL);
        Upstream.answer(exchange, 200, "text/html", page.getBytes(UTF_8));
      }
      case "/" + WHEEL ->
          Upstream.answer(exchange, 200, "application/zip", Files.readAllBytes(wheel));
      default -> Upstream.answer(exchange, 404, "no such package");
    }
  }

  private void npm(HttpExchange exchange, Arrival arrival) throws IOException {
    switch (arrival.rest()) {
      case "/" + NAME -> {
        String file =
            "https://%s/%s/npm/%s/-/%s"
                .formatted(
                    exchange.getRequestHeaders().getFirst("Host"), arrival.client(), NAME, TARBALL);
        JsonObject version =
            new JsonObject()
                .put("name", NAME)
                .put("version", "1.0.0")
                .put("dist", new JsonObject().put("tarball", file));
        JsonObject all =
            new JsonObject()
                .put("name", NAME)
                .put("dist-tags", new JsonObject().put("latest", "1.0.0"))
                .put("versions", new JsonObject().put("1.0.0", version));
        Upstream.answer(exchange, 200, "application/json", all.encode().getBytes(UTF_8));
      }
      case "/" + NAME + "/-/" + TARBALL ->
          Upstream.answer(exchange, 200, "application/gzip", Files.readAllBytes(tarball));
      default -> Upstream.answer(exchange, 404, "no such package");
    }
  }
}
