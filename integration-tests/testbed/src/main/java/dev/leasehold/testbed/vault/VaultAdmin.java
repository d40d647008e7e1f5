package dev.leasehold.testbed.vault;

import dev.leasehold.testbed.tls.TestCa;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A test's hand in Vault: raw calls over its HTTP API with one token. It is not Leasehold's way to
 * Vault, so that a mistake there cannot hide here. Thread-safe.
 */
public final class VaultAdmin implements AutoCloseable {

  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  private final HttpClient client;
  private final URI address;
  private final String token;

  private VaultAdmin(HttpClient client, URI address, String token) {
    this.client = client;
    this.address = address;
    this.token = token;
  }

  /** Calls with the server's own admin token. */
  public static VaultAdmin of(VaultServer server) {
    return of(server.address(), server.caFile(), server.adminToken());
  }

  /** Calls with any token; an empty one sends none. */
  public static VaultAdmin of(URI address, Path caFile, String token) {
    HttpClient client =
        HttpClient.newBuilder()
            .sslContext(TestCa.clientContext(List.of(certificate(caFile))))
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(TIMEOUT)
            .build();
    return new VaultAdmin(client, address, token);
  }

  /** The same connection pool with another token. */
  public VaultAdmin as(String otherToken) {
    return new VaultAdmin(client, address, otherToken);
  }

  /** GET; {@code path} without {@code /v1/}. */
  public VaultAnswer read(String path) {
    return call("GET", path, null);
  }

  public VaultAnswer list(String path) {
    return call("LIST", path, null);
  }

  public VaultAnswer write(String path, JsonObject body) {
    return call("POST", path, body);
  }

  public VaultAnswer put(String path, JsonObject body) {
    return call("PUT", path, body);
  }

  public VaultAnswer delete(String path) {
    return call("DELETE", path, null);
  }

  /**
   * Lease ids under a request path, such as {@code database/creds/orders-rw}, as Vault lists them.
   */
  public List<String> leases(String prefix) {
    VaultAnswer answer = list("sys/leases/lookup/" + prefix);
    if (answer.status() == 404) {
      return List.of();
    }
    return VaultAnswer.strings(answer.orThrow().data(), "keys").stream()
        .map(key -> prefix + "/" + key)
        .toList();
  }

  /** Whether Vault knows the lease; {@code false} is its exact answer 400 "invalid lease". */
  public boolean leaseAlive(String leaseId) {
    return alive("sys/leases/lookup", "lease_id", leaseId, "invalid lease");
  }

  /** Whether Vault knows the token; {@code false} is its exact answer "invalid accessor". */
  public boolean accessorAlive(String accessor) {
    return alive("auth/token/lookup-accessor", "accessor", accessor, "invalid accessor");
  }

  private boolean alive(String path, String field, String value, String deadAnswer) {
    VaultAnswer answer = write(path, new JsonObject().put(field, value));
    boolean dead =
        !answer.ok() && answer.errors().stream().anyMatch(error -> error.contains(deadAnswer));
    if (!dead) {
      answer.orThrow();
    }
    return !dead;
  }

  private VaultAnswer call(String method, String path, @Nullable JsonObject body) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(address.resolve("/v1/" + path))
            .timeout(TIMEOUT)
            .header("X-Vault-Request", "true")
            .method(
                method,
                body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body.encode()));
    if (!token.isEmpty()) {
      request.header("X-Vault-Token", token);
    }
    try {
      HttpResponse<String> response = client.send(request.build(), BodyHandlers.ofString());
      String text = response.body();
      return new VaultAnswer(
          response.statusCode(), text.isBlank() ? new JsonObject() : new JsonObject(text));
    } catch (IOException failed) {
      throw new UncheckedIOException(method + " " + path, failed);
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted in " + method + " " + path, stop);
    }
  }

  private static X509Certificate certificate(Path file) {
    try (InputStream pem = Files.newInputStream(file)) {
      return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(pem);
    } catch (IOException absent) {
      throw new UncheckedIOException(absent);
    } catch (CertificateException broken) {
      throw new IllegalArgumentException(file + " is no certificate", broken);
    }
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
