package dev.leasehold.broker.audit;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Where audit lines go: to a file or to standard output.
 *
 * @param fsync for the file; standard output is never forced
 */
public record AuditConfig(Optional<Path> file, boolean stdout, FsyncPolicy fsync) {
  public AuditConfig {
    if (file.isPresent() == stdout) {
      throw new IllegalArgumentException("audit goes either to a file or to stdout");
    }
  }

  public static AuditConfig toFile(Path file, FsyncPolicy fsync) {
    return new AuditConfig(Optional.of(file), false, fsync);
  }

  public static AuditConfig toStdout() {
    return new AuditConfig(Optional.empty(), true, FsyncPolicy.DEFAULT);
  }
}
