package dev.leasehold.testbed.prometheus;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.leasehold.testbed.server.FreePorts;
import dev.leasehold.testbed.server.RunFolder;
import dev.leasehold.testbed.server.ServerKind;
import dev.leasehold.testbed.server.ServerProcess;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Prometheus as a process. */
final class PrometheusProcess implements PrometheusServer {

  private final HttpClient client = HttpClient.newHttpClient();
  private final URI address;
  private final ServerProcess process;
  private final String description;

  private PrometheusProcess(int port, ServerProcess process) {
    this.address = URI.create("http://127.0.0.1:" + port);
    this.process = process;
    process.awaitReady("Prometheus is ready", this::ready);
    String version = get("/api/v1/status/buildinfo").getJsonObject("data").getString("version");
    this.description = "Prometheus " + version + " (real)";
  }

  static PrometheusProcess start(Path binary, RunFolder run, URI target) {
    Path folder = run.folder("prometheus");
    int port = FreePorts.next();
    String configuration =
        """
        global: {scrape_interval: 1s, scrape_timeout: 1s}
        scrape_configs:
          - job_name: testbed
            scheme: %s
            metrics_path: %s
            static_configs: [{targets: ["%s"]}]
        """
            .formatted(target.getScheme(), target.getPath(), target.getAuthority());
    try {
      Files.writeString(folder.resolve("prometheus.yml"), configuration);
    } catch (IOException full) {
      throw new UncheckedIOException(full);
    }
    return run.keep(
        new PrometheusProcess(
            port,
            ServerProcess.start(
                "prometheus",
                folder,
                List.of(
                    binary.toString(),
                    "--config.file=prometheus.yml",
                    "--storage.tsdb.path=data",
                    "--web.listen-address=127.0.0.1:" + port),
                Map.of())));
  }

  private boolean ready() {
    try {
      return status("/-/ready") == 200;
    } catch (UncheckedIOException notYet) {
      return false;
    }
  }

  @Override
  public URI address() {
    return address;
  }

  @Override
  public List<Sample> query(String expression) {
    JsonArray result =
        get("/api/v1/query?query=" + URLEncoder.encode(expression, UTF_8))
            .getJsonObject("data")
            .getJsonArray("result");
    return result.stream().map(series -> sample((JsonObject) series)).toList();
  }

  private static Sample sample(JsonObject series) {
    Map<String, String> labels =
        series.getJsonObject("metric").stream()
            .collect(
                Collectors.toMap(Map.Entry::getKey, label -> String.valueOf(label.getValue())));
    return new Sample(labels, Double.parseDouble(series.getJsonArray("value").getString(1)));
  }

  @Override
  public String lastScrapeError() {
    JsonArray targets =
        get("/api/v1/targets?state=active").getJsonObject("data").getJsonArray("activeTargets");
    return targets.getJsonObject(0).getString("lastError");
  }

  private int status(String path) {
    return send(path).statusCode();
  }

  private JsonObject get(String path) {
    return new JsonObject(send(path).body());
  }

  private HttpResponse<String> send(String path) {
    try {
      return client.send(
          HttpRequest.newBuilder(address.resolve(path)).build(), BodyHandlers.ofString());
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted in GET " + path, stop);
    }
  }

  @Override
  public ServerKind kind() {
    return ServerKind.REAL;
  }

  @Override
  public String describe() {
    return description;
  }

  @Override
  public void close() {
    process.close();
    client.shutdownNow();
  }

  @Override
  public String toString() {
    return description + " at " + address;
  }
}
