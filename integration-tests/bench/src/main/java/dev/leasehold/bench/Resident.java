package dev.leasehold.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Resident memory. */
final class Resident {
  private Resident() {}

  /** Of a process, as the kernel counts it. */
  static double mebibytes(long pid) {
    try (Stream<String> lines = Files.lines(Path.of("/proc/" + pid + "/status"))) {
      String kibibytes =
          lines
              .filter(line -> line.startsWith("VmRSS:"))
              .map(line -> line.replaceAll("\\D", ""))
              .findFirst()
              .orElseThrow();
      return Integer.parseInt(kibibytes) / 1024.0;
    } catch (IOException gone) {
      throw new UncheckedIOException(gone);
    }
  }
}
