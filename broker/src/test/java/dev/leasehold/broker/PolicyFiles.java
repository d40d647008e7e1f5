package dev.leasehold.broker;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;

/** A right configuration that stands in a folder of this process's own. */
final class PolicyFiles {
  private PolicyFiles() {}

  static String sample(Path folder) throws IOException {
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
    Files.writeString(folder.resolve("ca.pem"), "");
    try (InputStream in = PolicyFiles.class.getResourceAsStream("config/sample.yaml")) {
      return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8)
          .replace("/etc/vault-ca.pem", folder.resolve("ca.pem").toString())
          .replace("runtime-dir: /run/leasehold", "runtime-dir: " + folder.resolve("run"))
          .replace("state-dir: /var/lib/leasehold", "state-dir: " + folder.resolve("state"));
    }
  }
}
