package dev.leasehold.bench;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/** Opens and ends tasks over one connection. */
final class TaskApi implements AutoCloseable {
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final URI address;
  private final String token;

  TaskApi(URI address, String token) {
    this.address = address;
    this.token = token;
  }

  JsonObject open() {
    return post(
        "/v1/tasks", new JsonObject().put("kind", "load").put("purpose", "a benchmark"), 201);
  }

  /** Signals that the task is completed and returns its final report. */
  JsonObject end(JsonObject task) {
    return post(
        "/v1/tasks/" + task.getString("id") + "/signals?wait=30s",
        new JsonObject().put("type", "completed"),
        200);
  }

  private JsonObject post(String path, JsonObject body, int expected) {
    HttpRequest request =
        HttpRequest.newBuilder(address.resolve(path))
            .header("Authorization", "Bearer " + token)
            .header("Content-Type", "application/json")
            .timeout(Duration.ofSeconds(60))
            .POST(BodyPublishers.ofString(body.encode()))
            .build();
    try {
      HttpResponse<String> response = client.send(request, BodyHandlers.ofString());
      if (response.statusCode() != expected) {
        throw new IllegalStateException(path + " gave " + response.statusCode() + response.body());
      }
      return new JsonObject(response.body());
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted in " + path, stop);
    }
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
