package dev.leasehold.broker.config.form;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * One reading of one document: what it may refer to, and everything that was found wrong with it.
 */
public final class Reading {
  private final Path folder;
  private final Function<String, Optional<String>> environment;
  private final List<ConfigError> errors = new ArrayList<>();
  private final List<ConfigError> warnings = new ArrayList<>();

  /**
   * @param folder relative paths begin here
   * @param environment the variables that <code>${NAME}</code> may stand for
   */
  public Reading(Path folder, Function<String, Optional<String>> environment) {
    this.folder = folder;
    this.environment = environment;
  }

  public void error(String path, int line, String message) {
    errors.add(new ConfigError(path, line, message));
  }

  public void warning(String path, int line, String message) {
    warnings.add(new ConfigError(path, line, message));
  }

  /** By line, then in the order found; nothing twice. */
  public List<ConfigError> errors() {
    return sorted(errors);
  }

  /** By line, then in the order found; nothing twice. */
  public List<ConfigError> warnings() {
    return sorted(warnings);
  }

  /** Whether something is known to be wrong at exactly that place. */
  public boolean isReported(String path) {
    return errors.stream().anyMatch(error -> error.path().equals(path));
  }

  /** Whether something is known to be wrong at that place or within it. */
  public boolean isReportedWithin(String path) {
    return errors.stream().anyMatch(error -> error.path().startsWith(path));
  }

  public boolean isClean() {
    return errors.isEmpty();
  }

  Path resolve(String path) {
    return folder.resolve(path).normalize();
  }

  Optional<String> variable(String name) {
    return environment.apply(name);
  }

  private static List<ConfigError> sorted(List<ConfigError> found) {
    return found.stream().distinct().sorted(Comparator.comparingInt(ConfigError::line)).toList();
  }
}
