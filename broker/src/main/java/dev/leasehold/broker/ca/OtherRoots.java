package dev.leasehold.broker.ca;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** What the programs of this machine trust besides us, encoded. */
final class OtherRoots {
  private OtherRoots() {}

  /**
   * @param file PEM; empty: those that come with this JDK
   */
  static List<byte[]> read(Optional<Path> file) throws IOException, GeneralSecurityException {
    return file.isPresent() ? Pem.read(Files.readAllBytes(file.get())) : ofJdk();
  }

  private static List<byte[]> ofJdk() throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    Path file = Path.of(System.getProperty("java.home"), "lib", "security", "cacerts");
    try (InputStream in = Files.newInputStream(file)) {
      store.load(in, null);
    }
    List<byte[]> certificates = new ArrayList<>();
    for (String alias : Collections.list(store.aliases())) {
      Certificate certificate = store.getCertificate(alias);
      if (certificate != null) {
        certificates.add(certificate.getEncoded());
      }
    }
    return certificates;
  }
}
