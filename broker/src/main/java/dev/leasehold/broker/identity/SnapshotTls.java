package dev.leasehold.broker.identity;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.Collection;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

/**
 * TLS contexts for clients.
 *
 * <p>Each call builds a new one: a context kept over a rotation resumes sessions that were
 * authenticated with the certificate before, in TLS 1.2 and 1.3 alike, whatever its key manager
 * would present now.
 */
public final class SnapshotTls {
  private SnapshotTls() {}

  /** Presents {@code snapshot}'s SVID and asks {@code trust} of the server. */
  public static SSLContext mutual(IdentitySnapshot snapshot, ServerTrust trust)
      throws GeneralSecurityException, IOException {
    return context(
        new KeyManager[] {new SnapshotKeyManager(snapshot)},
        trustManagers(trust, Optional.of(snapshot)));
  }

  /**
   * Presents nothing and asks {@code trust} of the server.
   *
   * @param snapshot gives the bundles of {@link ServerTrust.SpiffeServer}; not needed otherwise
   */
  public static SSLContext serverOnly(ServerTrust trust, Optional<IdentitySnapshot> snapshot)
      throws GeneralSecurityException, IOException {
    return context(new KeyManager[0], trustManagers(trust, snapshot));
  }

  private static SSLContext context(KeyManager[] keys, TrustManager[] trust)
      throws GeneralSecurityException {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys, trust, null);
    return context;
  }

  private static TrustManager[] trustManagers(
      ServerTrust trust, Optional<IdentitySnapshot> snapshot)
      throws GeneralSecurityException, IOException {
    return switch (trust) {
      case ServerTrust.PemFile(Path file) -> underAuthoritiesOf(file);
      case ServerTrust.SpiffeServer(String serverId) ->
          new TrustManager[] {
            new SpiffeServerTrustManager(
                serverId,
                snapshot.orElseThrow(
                    () -> new CertificateException("no trust bundle of the Workload API yet")))
          };
    };
  }

  private static TrustManager[] underAuthoritiesOf(Path file)
      throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    int count = 0;
    try (InputStream in = Files.newInputStream(file)) {
      Collection<? extends Certificate> authorities =
          CertificateFactory.getInstance("X.509").generateCertificates(in);
      for (Certificate authority : authorities) {
        store.setCertificateEntry("authority-" + count++, authority);
      }
    }
    if (count == 0) {
      throw new CertificateException("no certificate in " + file);
    }
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    return factory.getTrustManagers();
  }
}
