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

  private record Entry(CompletableFuture<SslContext> context, long readAt) {}

  private final LongSupplier nanos;
  private final Map<Optional<Path>, Entry> entries = new ConcurrentHashMap<>();

  TlsContexts(LongSupplier nanos) {
    this.nanos = nanos;
  }

  /** Completes on any thread; at once after the first time. Fails when the roots are unreadable. */
  CompletableFuture<SslContext> context(UpstreamTls tls) {
    long now = nanos.getAsLong();
    Entry entry =
        entries.compute(
            tls.ca(),
            (ca, there) ->
                there == null || there.context().isCompletedExceptionally()
                    ? new Entry(readLater(ca), now)
                    : there);
    Entry old = new Entry(entry.context(), now);
    if (now - entry.readAt() > REREAD_NANOS && entries.replace(tls.ca(), entry, old)) {
      // The old one serves until the new one is there, and goes on where it cannot be read.
      CompletableFuture<SslContext> renewed = readLater(tls.ca());
      var unused =
          renewed.thenAccept(
              context -> {
                if (entries.replace(tls.ca(), old, new Entry(renewed, now))) {
                  TlsEngines.retire(old.context().join());
                } else {
                  TlsEngines.retire(context);
                }
              });
    }
    return entry.context();
  }

  private static CompletableFuture<SslContext> readLater(Optional<Path> ca) {
    return CompletableFuture.supplyAsync(() -> read(ca), TlsContexts::onVirtualThread);
  }

  private static void onVirtualThread(Runnable work) {
    Thread.ofVirtual().name("roots").start(work);
  }

  private static SslContext read(Optional<Path> ca) {
    try {
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      Optional<Path> file = ca.or(TlsContexts::systemRoots);
      trust.init(file.isPresent() ? store(file.get()) : null);
      return SslContextBuilder.forClient()
          .sslProvider(TlsEngines.provider())
          .protocols("TLSv1.3", "TLSv1.2")
          .trustManager(trust)
          .endpointIdentificationAlgorithm("HTTPS")
          .build();
    } catch (GeneralSecurityException | IOException unreadable) {
      throw new CompletionException(unreadable);
    }
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
