package dev.leasehold.testbed.vault;

import dev.leasehold.testbed.tls.TestCa;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The files that a Vault server of the testbed starts from. */
final class VaultFiles {

  private VaultFiles() {}

  /**
   * Writes the configuration, the listener's certificate and its CA.
   *
   * @param seenAs the same folder as the server sees it, which differs in a container
   * @param data folder of the storage as the server sees it
   * @param listen host and port of the listener
   * @return the CA's file
   */
  static Path write(Path folder, Path seenAs, Path data, String listen) {
    TestCa ca = TestCa.create("Vault of the testbed");
    ca.leaf("localhost", "127.0.0.1").write(folder, "listener");
    String config =
        """
        storage "file" {
          path = "%3$s"
        }
        listener "tcp" {
          address       = "%2$s"
          tls_cert_file = "%1$s/listener.pem"
          tls_key_file  = "%1$s/listener.key"
        }
        api_addr      = "https://%2$s"
        disable_mlock = true
        """
            .formatted(seenAs, listen, data);
    try {
      Files.writeString(folder.resolve("vault.hcl"), config);
      return Files.writeString(folder.resolve("ca.pem"), ca.pem());
    } catch (IOException full) {
      throw new UncheckedIOException(full);
    }
  }
}
