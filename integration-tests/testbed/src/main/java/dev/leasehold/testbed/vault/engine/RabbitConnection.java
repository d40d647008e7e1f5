package dev.leasehold.testbed.vault.engine;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** RabbitMQ's management API as an administrator uses it. */
record RabbitConnection(HttpClient client, URI uri, String basic) {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  static RabbitConnection of(String uri, String user, String password) {
    byte[] login = (user + ":" + password).getBytes(StandardCharsets.UTF_8);
    return new RabbitConnection(
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build(),
        URI.create(uri.endsWith("/") ? uri : uri + "/"),
        "Basic " + Base64.getEncoder().encodeToString(login));
  }

  /** Lists the users, so that a wrong address or login shows. */
  void verify() throws IOException {
    call("GET", "api/users", null);
  }

  void putUser(String name, String password, String tags) throws IOException {
    call(
        "PUT",
        "api/users/" + encoded(name),
        new JsonObject().put("password", password).put("tags", tags));
  }

  void permit(String name, String vhost, JsonObject permissions) throws IOException {
    call("PUT", "api/permissions/" + encoded(vhost) + "/" + encoded(name), permissions);
  }

  /** A user that is gone already is no failure. */
  void deleteUser(String name) throws IOException {
    call("DELETE", "api/users/" + encoded(name), null);
  }

  private void call(String method, String path, @Nullable JsonObject body) throws IOException {
    HttpRequest request =
        HttpRequest.newBuilder(uri.resolve(path))
            .timeout(TIMEOUT)
            .header("Authorization", basic)
            .header("Content-Type", "application/json")
            .method(
                method,
                body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body.encode()))
            .build();
    try {
      HttpResponse<String> response = client.send(request, BodyHandlers.ofString());
      boolean gone = method.equals("DELETE") && response.statusCode() == 404;
      if (response.statusCode() >= 300 && !gone) {
        throw new IOException("Error " + response.statusCode() + " from RabbitMQ");
      }
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", stop);
    }
  }

  private static String encoded(String segment) {
    return URLEncoder.encode(segment, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
