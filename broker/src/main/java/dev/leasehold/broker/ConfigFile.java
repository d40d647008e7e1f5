package dev.leasehold.broker;

import dev.leasehold.broker.config.ConfigLoader;
import dev.leasehold.broker.config.Configuration;
import dev.leasehold.broker.config.LoadResult;
import dev.leasehold.broker.config.form.ConfigError;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Reads the configuration for a command, and says all that is wrong with it. */
final class ConfigFile {
  private ConfigFile() {}

  /** Empty when it is refused, which has been said then, every mistake in a line of its own. */
  static Optional<Configuration> read(Path file, Console console) {
    LoadResult result = ConfigLoader.load(file);
    result.warnings().forEach(warning -> print(file, "warning", warning, console));
    return switch (result) {
      case LoadResult.Loaded(Configuration configuration, List<ConfigError> warnings) ->
          Optional.of(configuration);
      case LoadResult.Refused(List<ConfigError> errors, List<ConfigError> warnings) -> {
        errors.forEach(error -> print(file, "error", error, console));
        console.complain(
            "the configuration is refused: "
                + errors.size()
                + (errors.size() == 1 ? " error" : " errors"));
        yield Optional.empty();
      }
    };
  }

  // In the form that compilers use, so that editors find the place.
  private static void print(Path file, String sort, ConfigError found, Console console) {
    String path = found.path().isEmpty() ? "" : found.path() + ": ";
    console.err().println(file + ":" + found.line() + ": " + sort + ": " + path + found.message());
  }
}
