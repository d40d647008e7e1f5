package dev.leasehold.testbed.sidecar;

import dev.leasehold.testbed.Testbed;
import dev.leasehold.testbed.server.Account;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * What a sidecar of benchmarks and experiments stands on: a folder with {@code run/}, {@code
 * state/} and {@code log/} of its own and the CAs that it needs, the distribution where its uid can
 * run it, an identity, and Vault set up from its configuration by {@code leasehold vault apply}.
 *
 * @param name of the sidecar, in its SPIFFE ID
 * @param path of the folder; {@code vault-ca.pem} and {@code upstream-ca.pem} are there
 */
public record SidecarFolder(Testbed testbed, String name, Path path, Distribution distribution) {
  /** As root the sidecar gets a uid of its own. */
  public static final int UID = Account.uid() == 0 ? 61001 : Account.uid();

  /** Makes the folder {@code subject-NAME}. */
  public static SidecarFolder make(Testbed testbed, String name) throws IOException {
    Path path = Files.createDirectory(testbed.folder().resolve("subject-" + name));
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
    Distribution built = Distribution.built();
    SidecarFolder folder =
        new SidecarFolder(
            testbed, name, path, Account.uid() == 0 ? built.forEverybody(path) : built);
    for (String part : List.of("run", "state", "log")) {
      folder.give(Files.createDirectory(path.resolve(part)));
    }
    Files.copy(testbed.vault().caFile(), path.resolve("vault-ca.pem"));
    Files.writeString(path.resolve("upstream-ca.pem"), testbed.ca().pem());
    return folder;
  }

  /** Makes a file or folder the sidecar's. */
  public void give(Path file) throws IOException {
    Files.setAttribute(file, "unix:uid", UID);
  }

  public String spiffeId() {
    return "spiffe://example.org/leasehold/" + name;
  }

  public Path config() {
    return path.resolve("config.yaml");
  }

  /** Writes {@link #config}, registers the identity, and sets Vault up. */
  public void setUp(String configuration) throws IOException {
    Files.writeString(config(), configuration);
    Path bundle = Files.writeString(path.resolve("bundle.pem"), testbed.identity().bundlePem());
    testbed.identity().register(spiffeId(), UID, name, Duration.ofHours(1));
    List<String> apply =
        List.of("vault", "apply", "--config", config().toString(), "--bundle", bundle.toString());
    Ran.command(
            distribution.command(Account.uid(), apply),
            Map.of("VAULT_TOKEN", testbed.vault().adminToken()))
        .orThrow();
  }
}
