package dev.leasehold.broker.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The project's own configurations. */
final class Examples {
  /** The project's folder; tests run in that of their module. */
  static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

  private Examples() {}

  /** Every example there is. */
  static List<Path> files() throws IOException {
    try (Stream<Path> all = Files.walk(ROOT.resolve("config-examples"))) {
      return all.filter(file -> file.toString().endsWith(".yaml")).sorted().toList();
    }
  }
}
