package dev.leasehold.testbed.rabbitmq;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Base64;

/** RabbitMQ's management API as its administrator uses it. */
final class ManagementApi implements AutoCloseable {

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final URI base;
  private final String authorization;

  ManagementApi(URI base, String user, String password) {
    this.base = base;
    this.authorization =
        "Basic " + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(UTF_8));
  }

  boolean answers() {
    try {
      return send(request("/api/overview").build()).statusCode() == 200;
    } catch (UncheckedIOException notYet) {
      return false;
    }
  }

  String get(String path) {
    HttpResponse<String> response = send(request(path).build());
    if (response.statusCode() != 200) {
      throw new IllegalStateException("GET " + path + " gave " + response.statusCode());
    }
    return response.body();
  }

  void put(String path, String json) {
    int status =
        send(request(path)
                .header("Content-Type", "application/json")
                .PUT(BodyPublishers.ofString(json))
                .build())
            .statusCode();
    if (status != 201 && status != 204) {
      throw new IllegalStateException("PUT " + path + " gave " + status);
    }
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(base.resolve(path))
        .header("Authorization", authorization)
        .timeout(Duration.ofSeconds(10));
  }

  private HttpResponse<String> send(HttpRequest request) {
    try {
      return client.send(request, BodyHandlers.ofString());
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted in a call of RabbitMQ", stop);
    }
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
