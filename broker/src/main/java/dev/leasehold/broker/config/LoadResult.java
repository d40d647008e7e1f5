package dev.leasehold.broker.config;

import dev.leasehold.broker.config.form.ConfigError;
import java.util.List;

/** What came of reading a configuration. */
public sealed interface LoadResult {
  /** By line. */
  List<ConfigError> warnings();

  /** Without any error. */
  record Loaded(Configuration configuration, List<ConfigError> warnings) implements LoadResult {
    public Loaded {
      warnings = List.copyOf(warnings);
    }
  }

  /**
   * Nothing of it may be used.
   *
   * @param errors all that could be found, by line
   */
  record Refused(List<ConfigError> errors, List<ConfigError> warnings) implements LoadResult {
    public Refused {
      errors = List.copyOf(errors);
      warnings = List.copyOf(warnings);
    }
  }
}
