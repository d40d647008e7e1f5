package dev.leasehold.broker.upstream;

import dev.leasehold.broker.destination.UpstreamTls;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import javax.net.ssl.TrustManagerFactory;

/**
 * The TLS contexts of destinations, one for each set of roots. Certificates are always verified,
 * for the name too; there is no switch. Files are read on virtual threads, and again after five
 * minutes, so that a renewed bundle needs no restart.
 */
final class TlsContexts {
  private static final long REREAD_NANOS = 300_000_000_000L;

  /** Where distributions keep the system's roots; the JDK's own count where there is none. */
  private static final List<Path> SYSTEM_ROOTS =
      List.of(
          Path.of("/etc/ssl/certs/ca-certificates.crt"),
          Path.of("/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem"),
          Path.of("/etc/ssl/ca-bundle.pem"),
          Path.of("/etc/ssl/cert.pem"));

  /** Whom to trust, and the context of connections that show nothing of themselves. */
  private record Roots(TrustManagerFactory trust, SslContext context) {}

  private record Entry(CompletableFuture<Roots> roots, long readAt) {}

  private final LongSupplier nanos;
  private final Map<Optional<Path>, Entry> entries = new ConcurrentHashMap<>();

  TlsContexts(LongSupplier nanos) {
    this.nanos = nanos;
  }

  /** Completes on any thread; at once after the first time. Fails when the roots are unreadable. */
  CompletableFuture<SslContext> context(UpstreamTls tls) {
    return roots(tls).thenApply(Roots::context);
  }

  /**
   * For one connection, which shows what {@code own} gives: sessions of another one cannot be
   * resumed in it. The caller {@link TlsEngines#retire retires} it.
   */
  CompletableFuture<SslContext> context(UpstreamTls tls, ClientCertificate.Source own) {
    return roots(tls)
        .thenApplyAsync(roots -> showing(roots.trust(), own), TlsContexts::onVirtualThread);
  }

  private static SslContext showing(TrustManagerFactory trust, ClientCertificate.Source own) {
    try {
      ClientCertificate certificate = own.get();
      return builder(trust)
          .keyManager(certificate.key(), certificate.chain().toArray(X509Certificate[]::new))
          .build();
    } catch (UnusableCertificateException unusable) {
      throw unusable;
    } catch (IOException | RuntimeException unfit) { // the TLS library does not take it
      throw new UnusableCertificateException("it cannot be used for TLS");
    }
  }

  private CompletableFuture<Roots> roots(UpstreamTls tls) {
    long now = nanos.getAsLong();
    Entry entry =
        entries.compute(
            tls.ca(),
            (ca, there) ->
                there == null || there.roots().isCompletedExceptionally()
                    ? new Entry(readLater(ca), now)
                    : there);
    Entry old = new Entry(entry.roots(), now);
    if (now - entry.readAt() > REREAD_NANOS && entries.replace(tls.ca(), entry, old)) {
      // The old one serves until the new one is there, and goes on where it cannot be read.
      CompletableFuture<Roots> renewed = readLater(tls.ca());
      var unused =
          renewed.thenAccept(
              roots -> {
                if (entries.replace(tls.ca(), old, new Entry(renewed, now))) {
                  TlsEngines.retire(old.roots().join().context());
                } else {
                  TlsEngines.retire(roots.context());
                }
              });
    }
    return entry.roots();
  }

  private static CompletableFuture<Roots> readLater(Optional<Path> ca) {
    return CompletableFuture.supplyAsync(() -> read(ca), TlsContexts::onVirtualThread);
  }

  private static void onVirtualThread(Runnable work) {
    Thread.ofVirtual().name("roots").start(work);
  }

  private static Roots read(Optional<Path> ca) {
    try {
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      Optional<Path> file = ca.or(TlsContexts::systemRoots);
      trust.init(file.isPresent() ? store(file.get()) : null);
      return new Roots(trust, builder(trust).build());
    } catch (GeneralSecurityException | IOException unreadable) {
      throw new CompletionException(unreadable);
    }
  }

  private static SslContextBuilder builder(TrustManagerFactory trust) {
    return SslContextBuilder.forClient()
        .sslProvider(TlsEngines.provider())
        .protocols("TLSv1.3", "TLSv1.2")
        .trustManager(trust)
        .endpointIdentificationAlgorithm("HTTPS");
  }

  /** The file of the system's roots, PEM; empty where there is none. */
  static Optional<Path> systemRoots() {
    return SYSTEM_ROOTS.stream().filter(Files::isReadable).findFirst();
  }

  private static KeyStore store(Path pem) throws GeneralSecurityException, IOException {
    Collection<? extends Certificate> certificates;
    try (InputStream in = Files.newInputStream(pem)) {
      certificates = CertificateFactory.getInstance("X.509").generateCertificates(in);
    }
    if (certificates.isEmpty()) {
      throw new IOException("no certificate in the file of roots");
    }
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    int number = 0;
    for (Certificate certificate : certificates) {
      store.setCertificateEntry("root-" + number++, certificate);
    }
    return store;
  }
}
