package dev.leasehold.broker.identity;

import io.spiffe.bundle.x509bundle.X509Bundle;
import io.spiffe.exception.BundleNotFoundException;
import io.spiffe.spiffeid.SpiffeId;
import io.spiffe.spiffeid.TrustDomain;
import io.spiffe.svid.x509svid.X509SvidValidator;
import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Set;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Trusts one SPIFFE ID under the bundle of its own trust domain (SPIFFE X.509-SVID §5). Being an
 * extended trust manager, it takes the place of the host name check that TLS would add: the SPIFFE
 * ID is the name.
 */
final class SpiffeServerTrustManager extends X509ExtendedTrustManager {
  private final SpiffeId serverId;
  private final X509Bundle bundle;

  SpiffeServerTrustManager(String serverId, IdentitySnapshot snapshot) {
    this.serverId = SpiffeId.parse(serverId);
    TrustDomain trustDomain = this.serverId.getTrustDomain();
    this.bundle =
        new X509Bundle(trustDomain, Set.copyOf(snapshot.authoritiesOf(trustDomain.getName())));
  }

  private void check(X509Certificate[] chain) throws CertificateException {
    try {
      X509SvidValidator.verifySpiffeId(chain[0], () -> Set.of(serverId));
      X509SvidValidator.verifyChain(List.of(chain), bundle);
    } catch (BundleNotFoundException absent) {
      throw new CertificateException("no trust bundle for " + serverId, absent);
    }
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, @Nullable Socket socket)
      throws CertificateException {
    check(chain);
  }

  @Override
  public void checkServerTrusted(
      X509Certificate[] chain, String authType, @Nullable SSLEngine engine)
      throws CertificateException {
    check(chain);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    check(chain);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, @Nullable Socket socket)
      throws CertificateException {
    throw new CertificateException("this side is a client");
  }

  @Override
  public void checkClientTrusted(
      X509Certificate[] chain, String authType, @Nullable SSLEngine engine)
      throws CertificateException {
    throw new CertificateException("this side is a client");
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    throw new CertificateException("this side is a client");
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return bundle.getX509Authorities().toArray(X509Certificate[]::new);
  }
}
