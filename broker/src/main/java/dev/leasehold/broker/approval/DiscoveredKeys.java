package dev.leasehold.broker.approval;

import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.source.JWKSetCacheRefreshEvaluator;
import com.nimbusds.jose.jwk.source.JWKSetSource;
import com.nimbusds.jose.jwk.source.JWKSetUnavailableException;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jose.util.DefaultResourceRetriever;
import com.nimbusds.jose.util.JSONObjectUtils;
import com.nimbusds.jose.util.ResourceRetriever;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URL;
import java.text.ParseException;
import java.time.Duration;
import java.util.Map;

/**
 * An OpenID provider's keys, where its own configuration says that they are (OpenID Connect
 * Discovery 1.0 §4). Asked for at the first token, not at start, so that a provider that is down
 * keeps nothing else from working. Blocks.
 */
final class DiscoveredKeys implements JWKSetSource<SecurityContext> {
  private static final int MOST_BYTES = 1 << 20;
  private static final int PATIENCE_MILLIS = 3_000;

  /** A key that the provider withdraws is believed for no longer. */
  private static final Duration LIFE = Duration.ofMinutes(5);

  /** Whoever shows tokens of unknown keys has the provider asked no more than twice in it. */
  private static final Duration INTERVAL = Duration.ofSeconds(30);

  private static final ResourceRetriever RETRIEVER =
      new DefaultResourceRetriever(PATIENCE_MILLIS, PATIENCE_MILLIS, MOST_BYTES) {
        @Override
        protected HttpURLConnection openHTTPConnection(URL url) throws IOException {
          HttpURLConnection connection = super.openHTTPConnection(url);
          connection.setInstanceFollowRedirects(false);
          return connection;
        }
      };

  private final String issuer;

  private DiscoveredKeys(String issuer) {
    this.issuer = issuer;
  }

  /**
   * Kept for a while; a token of a key that is not among them has them asked for anew.
   *
   * @param issuer an https URL, or an http URL of this machine
   */
  static JWKSource<SecurityContext> of(String issuer) {
    return JWKSourceBuilder.create(new DiscoveredKeys(issuer))
        .cache(LIFE.toMillis(), 2L * PATIENCE_MILLIS)
        .refreshAheadCache(false)
        .rateLimited(INTERVAL.toMillis())
        .build();
  }

  @Override
  public JWKSet getJWKSet(
      JWKSetCacheRefreshEvaluator refresh, long currentTime, SecurityContext context)
      throws KeySourceException {
    try {
      String base = issuer.endsWith("/") ? issuer.substring(0, issuer.length() - 1) : issuer;
      Map<String, Object> provider =
          JSONObjectUtils.parse(read(URI.create(base + "/.well-known/openid-configuration")));
      if (!issuer.equals(provider.get("issuer"))) {
        throw new JWKSetUnavailableException("its configuration is another issuer's");
      }
      URI keys = JSONObjectUtils.getURI(provider, "jwks_uri");
      if (keys == null || !isTrusted(keys)) {
        throw new JWKSetUnavailableException("its jwks_uri is missing, or is not https");
      }
      return JWKSet.parse(read(keys));
    } catch (IOException | ParseException | IllegalArgumentException failure) {
      throw new JWKSetUnavailableException("its keys could not be read", failure);
    }
  }

  /** Plain http only where the issuer itself is asked so, and nowhere else than there. */
  private boolean isTrusted(URI keys) {
    URI own = URI.create(issuer);
    return "https".equals(keys.getScheme())
        || "http".equals(own.getScheme())
            && "http".equals(keys.getScheme())
            && own.getHost().equals(keys.getHost());
  }

  private static String read(URI url) throws IOException {
    return RETRIEVER.retrieveResource(url.toURL()).getContent();
  }

  @Override
  public void close() {
    // Holds nothing open between two readings.
  }
}
