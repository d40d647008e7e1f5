package dev.leasehold.broker.verify;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.leasehold.broker.lease.TargetProof;
import dev.leasehold.broker.lease.TargetVerifier;
import dev.leasehold.broker.lease.VerifierConfig;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.Base64;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks RabbitMQ's management API for a user: {@code GET /api/users/NAME}. Only 404 says that it is
 * gone; whoever may not ask gets 401.
 */
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
      HttpResponse<Void> answer = client.send(question(username), BodyHandlers.discarding());
      return switch (answer.statusCode()) {
        case 404 -> TargetProof.GONE;
        case 200 -> TargetProof.PRESENT;
        default -> {
          log.warn("event=target_not_asked target={} status={}", host(), answer.statusCode());
          yield TargetProof.UNKNOWN;
        }
      };
    } catch (IOException | GeneralSecurityException unanswered) {
      log.warn(
          "event=target_not_asked target={} cause={}",
          host(),
          unanswered.getClass().getSimpleName());
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
    }
    return TargetProof.UNKNOWN;
  }

  private String host() {
    return config.url().getAuthority();
  }

  private HttpRequest question(String username) throws IOException {
    String password = Files.readString(config.passwordFile()).strip();
    String pair = config.username() + ":" + password;
    // URLEncoder writes a space as a plus, which in a path is a plus.
    String user = URLEncoder.encode(username, UTF_8).replace("+", "%20");
    return HttpRequest.newBuilder(URI.create(config.url() + "/").resolve("/api/users/" + user))
        .timeout(TIMEOUT)
        .header(
            "Authorization", "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(UTF_8)))
        .GET()
        .build();
  }

  private HttpClient client() throws IOException, GeneralSecurityException {
    HttpClient.Builder builder =
        HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(TIMEOUT);
    if (config.ca().isPresent()) {
      builder.sslContext(trusting(config.ca().get()));
    }
    return builder.build();
  }

  private static SSLContext trusting(Path ca) throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    try (InputStream pem = Files.newInputStream(ca)) {
      for (Certificate certificate :
          CertificateFactory.getInstance("X.509").generateCertificates(pem)) {
        store.setCertificateEntry("ca" + store.size(), certificate);
      }
    }
    TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
    trust.init(store);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return context;
  }
}
