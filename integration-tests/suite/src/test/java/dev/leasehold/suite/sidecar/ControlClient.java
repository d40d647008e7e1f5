package dev.leasehold.suite.sidecar;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** The task API as a caller with a token sees it. */
final class ControlClient {
  private static final HttpClient CLIENT =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  /** An answer; an empty body is an empty object. */
  record Answer(int status, JsonObject body) {
    /** The problem's name; empty when it is none. */
    String problem() {
      return body.getString("type", "").replaceFirst("^urn:leasehold:problem:", "");
    }

    Answer expect(int wanted) {
      if (status != wanted) {
        throw new AssertionError("status " + status + ", not " + wanted + ": " + body);
      }
      return this;
    }
  }

  private final int port;
  private final String token;
  private final SecretSearch secrets;

  ControlClient(int port, String token, SecretSearch secrets) {
    this.port = port;
    this.token = token;
    this.secrets = secrets;
  }

  /** Opens a task of {@code kind}. */
  OpenedTask open(String kind) {
    return open(new JsonObject().put("kind", kind).put("purpose", "a test"));
  }

  OpenedTask open(JsonObject request) {
    JsonObject body = call("POST", "/v1/tasks", request).expect(201).body();
    OpenedTask task = new OpenedTask(body);
    secrets.know("token of task " + task.id(), task.token());
    return task;
  }

  /** Signals the end and waits for the final report. */
  JsonObject end(OpenedTask task, String type) {
    return call(
            "POST",
            "/v1/tasks/" + task.id() + "/signals?wait=30s",
            new JsonObject().put("type", type))
        .expect(200)
        .body();
  }

  /** Signals the end and waits for nothing; returns what is known so far. */
  Answer signal(OpenedTask task, String type) {
    return call("POST", "/v1/tasks/" + task.id() + "/signals", new JsonObject().put("type", type));
  }

  JsonObject view(OpenedTask task) {
    return call("GET", "/v1/tasks/" + task.id(), new JsonObject()).expect(200).body();
  }

  /** The same API, called with another token. */
  ControlClient with(String otherToken) {
    return new ControlClient(port, otherToken, secrets);
  }

  Answer call(String method, String path, JsonObject body) {
    return send(method, path, body.isEmpty() ? "" : body.encode());
  }

  /** A call with any body, whether it is JSON or not. */
  Answer send(String method, String path, String body) {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .header("Authorization", "Bearer " + token)
            .header("Content-Type", "application/json")
            .timeout(Duration.ofSeconds(60))
            .method(
                method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
            .build();
    try {
      var response = CLIENT.send(request, BodyHandlers.ofString());
      String text = response.body();
      return new Answer(
          response.statusCode(), text.isBlank() ? new JsonObject() : new JsonObject(text));
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", stop);
    }
  }

  /** What an opener is told. */
  record OpenedTask(JsonObject answer) {
    String id() {
      return answer.getString("id");
    }

    String token() {
      return answer.getString("token");
    }

    String endpoint(String name) {
      return answer.getJsonObject("endpoints").getString(name);
    }

    Map<String, String> environment() {
      Map<String, String> variables = new HashMap<>();
      answer
          .getJsonObject("env")
          .forEach(entry -> variables.put(entry.getKey(), (String) entry.getValue()));
      return variables;
    }
  }
}
