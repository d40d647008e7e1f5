package dev.leasehold.broker.verify;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.leasehold.broker.lease.TargetProof;
import dev.leasehold.broker.lease.TargetVerifier;
import dev.leasehold.broker.lease.VerifierConfig;
import dev.leasehold.broker.secret.SecretValue;
import java.io.IOException;
import java.io.InputStream;
import java.net.ProxySelector;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks RabbitMQ's management API for a user: 200 is there, 404 is gone, all else says nothing. */
final class RabbitmqVerifier implements TargetVerifier {
  private static final Logger log = LoggerFactory.getLogger(RabbitmqVerifier.class);
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  private final VerifierConfig.Rabbitmq config;

  RabbitmqVerifier(VerifierConfig.Rabbitmq config) {
    this.config = config;
  }

  @Override
  public TargetProof verify(String username) {
    try (HttpClient client = client()) {
      HttpRequest request =
          HttpRequest.newBuilder(userUri(username))
              .timeout(TIMEOUT)
              .header("Authorization", authorization())
              .GET()
              .build();
      int status = client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
      return switch (status) {
        case 200 -> TargetProof.PRESENT;
        case 404 -> TargetProof.GONE;
        default -> {
          log.warn("event=target_not_asked target={} status={}", target(), status);
          yield TargetProof.UNKNOWN;
        }
      };
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return TargetProof.UNKNOWN;
    } catch (IOException | GeneralSecurityException | RuntimeException e) {
      log.warn("event=target_not_asked target={} cause={}", target(), e.getClass().getSimpleName());
      return TargetProof.UNKNOWN;
    }
  }

  private String target() {
    return config.url().getAuthority();
  }

  private URI userUri(String username) {
    String base = config.url().toString().replaceFirst("/+$", "");
    String name = URLEncoder.encode(username, UTF_8).replace("+", "%20");
    return URI.create(base + "/api/users/" + name);
  }

  /** The request keeps it as a text until it is collected; the bytes here are wiped. */
  private String authorization() throws IOException {
    SecretValue password = PasswordFile.read(config.passwordFile());
    try {
      return password.lend(
          bytes -> {
            byte[] user = (config.username() + ":").getBytes(UTF_8);
            byte[] pair = Arrays.copyOf(user, user.length + bytes.length);
            System.arraycopy(bytes, 0, pair, user.length, bytes.length);
            byte[] encoded = Base64.getEncoder().encode(pair);
            try {
              return "Basic " + new String(encoded, ISO_8859_1);
            } finally {
              Arrays.fill(pair, (byte) 0);
              Arrays.fill(encoded, (byte) 0);
            }
          });
    } finally {
      password.destroy();
    }
  }

  private HttpClient client() throws IOException, GeneralSecurityException {
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(TIMEOUT)
            .followRedirects(HttpClient.Redirect.NEVER)
            .proxy(ProxySelector.of(null));
    if (config.ca().isPresent()) {
      builder.sslContext(trusting(config.ca().get()));
    }
    return builder.build();
  }

  private static SSLContext trusting(Path ca) throws IOException, GeneralSecurityException {
    KeyStore authorities = KeyStore.getInstance(KeyStore.getDefaultType());
    authorities.load(null, null);
    try (InputStream pem = Files.newInputStream(ca)) {
      int number = 0;
      for (Certificate each : CertificateFactory.getInstance("X.509").generateCertificates(pem)) {
        authorities.setCertificateEntry("ca" + number++, each);
      }
    }
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(authorities);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return context;
  }
}
