package dev.leasehold.suite.sidecar;

import dev.leasehold.testbed.server.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;

/** The admin listener as a probe or a scraper sees it. */
final class Admin {
  private static final HttpClient CLIENT =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private Admin() {}

  static HttpResponse<String> get(Rig rig, String path) {
    URI address = URI.create("http://127.0.0.1:" + rig.adminPort() + path);
    try {
      return CLIENT.send(HttpRequest.newBuilder(address).build(), BodyHandlers.ofString());
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", stop);
    }
  }

  /** Returns when the sidecar has begun to answer here, ready or not. */
  static void awaitAnswer(Rig rig) {
    Await.until(
        "admin answers",
        () -> {
          try {
            return get(rig, "/livez").statusCode() == 200;
          } catch (UncheckedIOException notYet) {
            return false;
          }
        });
  }

  /** The value of one series; 0 where it is not shown. */
  static double metric(Rig rig, String series) {
    return get(rig, "/metrics")
        .body()
        .lines()
        .filter(line -> line.startsWith(series + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(series.length() + 1)))
        .findFirst()
        .orElse(0);
  }
}
