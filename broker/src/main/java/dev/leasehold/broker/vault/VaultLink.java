package dev.leasehold.broker.vault;

import dev.leasehold.broker.identity.IdentitySnapshot;
import dev.leasehold.broker.identity.SnapshotTls;
import dev.leasehold.broker.secret.SecretStoreException;
import io.github.jopenlibs.vault.json.ParseException;
import io.github.jopenlibs.vault.rest.Rest;
import io.github.jopenlibs.vault.rest.RestException;
import io.github.jopenlibs.vault.rest.RestResponse;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;

/**
 * Connections to Vault that present one SVID, or none.
 *
 * <p>The calls go through the driver's REST class: its logical calls turn every status but 200 and
 * 204 into text, and every field into another string, where the store must tell 202 from 204 and
 * 400 from 403 exactly and copy secrets as seldom as it can.
 */
final class VaultLink implements AutoCloseable {
  private static final String ATTEMPTS = "jdk.httpclient.redirects.retrylimit";

  private final URI address;
  private final HttpClient client;

  private VaultLink(URI address, Duration connectTimeout, SSLContext tls) {
    this.address = address;
    SSLParameters parameters = tls.getDefaultSSLParameters();
    parameters.setProtocols(new String[] {"TLSv1.3", "TLSv1.2"});
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(connectTimeout)
            .executor(Executors.newVirtualThreadPerTaskExecutor())
            .sslContext(tls)
            .sslParameters(parameters)
            .build();
  }

  /**
   * Keeps the JDK from sending a call again by itself. A read of credentials is a GET, which it
   * would repeat on a connection that died before the answer: that makes a second lease that nobody
   * knows of. It reads this once in the life of a JVM, at the first call of any client, so it is to
   * be said before; whoever makes other calls first says it on the command line.
   */
  static void repeatNothingUnasked() {
    if (System.getProperty(ATTEMPTS) == null) {
      System.setProperty(ATTEMPTS, "1");
    }
  }

  /** Connections that present {@code snapshot}. */
  static VaultLink open(VaultConfig config, IdentitySnapshot snapshot) throws SecretStoreException {
    try {
      return new VaultLink(
          config.address(),
          config.timeouts().connect(),
          SnapshotTls.mutual(snapshot, config.trust()));
    } catch (GeneralSecurityException | IOException unusable) {
      throw noTrust(config, unusable);
    }
  }

  /** Connections that present nothing: for an admin's token. */
  static VaultLink openAnonymous(VaultConfig config, Optional<IdentitySnapshot> snapshot)
      throws SecretStoreException {
    try {
      return new VaultLink(
          config.address(),
          config.timeouts().connect(),
          SnapshotTls.serverOnly(config.trust(), snapshot));
    } catch (GeneralSecurityException | IOException unusable) {
      throw noTrust(config, unusable);
    }
  }

  private static SecretStoreException noTrust(VaultConfig config, Exception unusable) {
    return new SecretStoreException(
        SecretStoreException.Kind.UNAVAILABLE,
        "no TLS to " + config.address() + " with vault.ca: " + unusable,
        null,
        unusable);
  }

  /** Makes one attempt. */
  Attempt send(VaultRequest request, Duration timeout) {
    DriverExchange exchange = new DriverExchange(client, timeout);
    Rest rest = new Rest(exchange).url(address + "/v1/" + request.path());
    rest.header("X-Vault-Request", "true");
    try {
      request
          .token()
          .ifPresent(
              token ->
                  token.lend(
                      bytes ->
                          rest.header("X-Vault-Token", new String(bytes, StandardCharsets.UTF_8))));
    } catch (IllegalStateException destroyed) {
      return new Attempt.Failed(Refusal.wiped(request));
    }
    request.body().ifPresent(body -> rest.body(body.toString().getBytes(StandardCharsets.UTF_8)));
    VaultAnswer answer;
    try {
      RestResponse response =
          switch (request.method()) {
            case GET -> rest.get();
            case POST -> rest.post();
          };
      answer = VaultAnswer.parse(response.getStatus(), response.getBody(), exchange.retryAfter());
    } catch (RestException failure) {
      if (failure.getCause() instanceof InterruptedException) {
        Thread.currentThread().interrupt();
      }
      return new Attempt.Failed(Refusal.of(request, failure));
    } catch (ParseException | UnsupportedOperationException malformed) {
      return new Attempt.Failed(Refusal.unreadable(request));
    }
    return Refusal.of(request, answer)
        .<Attempt>map(refusal -> new Attempt.Refused(refusal, answer))
        .orElseGet(() -> new Attempt.Answered(answer));
  }

  /** Lets calls under way end, and takes no new ones. */
  @Override
  public void close() {
    client.shutdown();
  }
}
