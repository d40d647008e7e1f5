package dev.leasehold.suite.contract;

import dev.leasehold.testbed.tls.Leaf;
import dev.leasehold.testbed.vault.VaultAnswer;
import dev.leasehold.testbed.vault.VaultServer;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * Raw calls with one token and, if there is one, a client certificate. A client of its own for each
 * certificate, since a shared one would resume the TLS session of another.
 */
final class ContractClient implements AutoCloseable {
  private static final char[] NO_PASSWORD = new char[0];
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  private final HttpClient http;
  private final URI address;
  private final String token;

  private ContractClient(HttpClient http, URI address, String token) {
    this.http = http;
    this.address = address;
    this.token = token;
  }

  static ContractClient of(VaultServer vault, String token, @Nullable Leaf leaf) {
    HttpClient http =
        HttpClient.newBuilder()
            .sslContext(context(vault, leaf))
            .version(HttpClient.Version.HTTP_1_1)
            .build();
    return new ContractClient(http, vault.address(), token);
  }

  /** The same connections with another token. */
  ContractClient as(String other) {
    return new ContractClient(http, address, other);
  }

  VaultAnswer read(String path) {
    return call("GET", path, null);
  }

  VaultAnswer list(String path) {
    return call("LIST", path, null);
  }

  VaultAnswer delete(String path) {
    return call("DELETE", path, null);
  }

  VaultAnswer write(String path, Object... namesAndValues) {
    JsonObject body = new JsonObject();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      body.put((String) namesAndValues[i], namesAndValues[i + 1]);
    }
    return call("POST", path, body.encode());
  }

  /** A body as it is, however wrong. */
  VaultAnswer post(String path, String body) {
    return call("POST", path, body);
  }

  VaultAnswer call(String method, String path, @Nullable String body) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(address.resolve("/v1/" + path))
            .timeout(TIMEOUT)
            .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
    if (!token.isEmpty()) {
      request.header("X-Vault-Token", token);
    }
    try {
      var response = http.send(request.build(), BodyHandlers.ofString());
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

  private static SSLContext context(VaultServer vault, @Nullable Leaf leaf) {
    try (InputStream pem = Files.newInputStream(vault.caFile())) {
      KeyStore trusted = emptyStore();
      trusted.setCertificateEntry(
          "vault", CertificateFactory.getInstance("X.509").generateCertificate(pem));
      TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
      trust.init(trusted);
      KeyStore own = emptyStore();
      if (leaf != null) {
        own.setKeyEntry(
            "leaf", leaf.key(), NO_PASSWORD, leaf.chain().toArray(X509Certificate[]::new));
      }
      KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
      keys.init(own, NO_PASSWORD);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException | IOException broken) {
      throw new IllegalStateException(broken);
    }
  }

  private static KeyStore emptyStore() throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    return store;
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
