package dev.leasehold.testbed.tls;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * An end-entity certificate with its key.
 *
 * @param chain the certificate first, without the root
 */
public record Leaf(List<X509Certificate> chain, PrivateKey key) {

  private static final char[] NO_PASSWORD = new char[0];

  public Leaf {
    chain = List.copyOf(chain);
  }

  public X509Certificate certificate() {
    return chain.getFirst();
  }

  /** A context that presents this certificate and asks nothing of the peer. */
  public SSLContext serverContext() {
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setKeyEntry("leaf", key, NO_PASSWORD, chain.toArray(X509Certificate[]::new));
      KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
      keys.init(store, NO_PASSWORD);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys.getKeyManagers(), null, null);
      return context;
    } catch (GeneralSecurityException | IOException broken) {
      throw new IllegalStateException(broken);
    }
  }

  /** Writes {@code <name>.pem} (chain) and {@code <name>.key} into the folder. */
  public KeyFiles write(Path folder, String name) {
    Path certificateFile = folder.resolve(name + ".pem");
    Path keyFile = folder.resolve(name + ".key");
    try {
      Files.writeString(certificateFile, Pem.of(chain));
      Files.writeString(keyFile, Pem.of(key));
    } catch (IOException full) {
      throw new UncheckedIOException(full);
    }
    return new KeyFiles(certificateFile, keyFile);
  }

  /** Where {@link #write} put the two files. */
  public record KeyFiles(Path certificate, Path key) {}

  @Override
  public String toString() {
    return "Leaf[" + certificate().getSubjectX500Principal() + "]";
  }
}
