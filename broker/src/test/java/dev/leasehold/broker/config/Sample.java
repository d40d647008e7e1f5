package dev.leasehold.broker.config;

import dev.leasehold.broker.config.form.ConfigError;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** A configuration with every usual part, and ways to spoil it. */
final class Sample {
  private Sample() {}

  static String text() {
    try (InputStream in = Sample.class.getResourceAsStream("sample.yaml")) {
      return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /** The sample with one piece of it written otherwise; the piece must be there. */
  static String with(String piece, String other) {
    return replace(text(), piece, other);
  }

  static String replace(String text, String piece, String other) {
    if (!text.contains(piece)) {
      throw new IllegalArgumentException("not in the sample: " + piece);
    }
    return text.replace(piece, other);
  }

  static LoadResult load(String yaml) {
    return load(yaml, new FakeMachine());
  }

  static LoadResult load(String yaml, Machine machine) {
    try {
      Path folder = Files.createTempDirectory("config");
      Path file = folder.resolve("config.yaml");
      try {
        Files.writeString(file, yaml);
        return ConfigLoader.load(file, machine);
      } finally {
        Files.deleteIfExists(file);
        Files.delete(folder);
      }
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  static Configuration loaded(String yaml) {
    return switch (load(yaml)) {
      case LoadResult.Loaded(Configuration configuration, List<ConfigError> warnings) ->
          configuration;
      case LoadResult.Refused refused -> throw new AssertionError(refused.errors().toString());
    };
  }

  static List<String> errors(String yaml) {
    return errors(load(yaml));
  }

  static List<String> errors(LoadResult result) {
    return switch (result) {
      case LoadResult.Loaded loaded -> List.of();
      case LoadResult.Refused refused ->
          refused.errors().stream().map(ConfigError::toString).toList();
    };
  }

  static List<String> warnings(String yaml) {
    return load(yaml).warnings().stream().map(ConfigError::toString).toList();
  }

  static <T> T named(Map<String, T> all, String name) {
    return Objects.requireNonNull(all.get(name), name);
  }
}
