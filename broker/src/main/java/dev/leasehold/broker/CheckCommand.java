package dev.leasehold.broker;

import dev.leasehold.broker.config.Configuration;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * {@code leasehold check}: is this configuration right, and, online, would it work here and now.
 */
final class CheckCommand implements Command {
  static final String USAGE = "leasehold check --config FILE [--online]";

  @Override
  public int run(List<String> words, Console console) throws UsageException {
    Arguments arguments = Arguments.parse(words, Set.of("--config"), Set.of("--online"));
    arguments.expectNoWords();
    Path file = arguments.requiredPath("--config");
    Optional<Configuration> configuration = ConfigFile.read(file, console);
    if (configuration.isEmpty()) {
      return ExitStatus.CONFIG;
    }
    describe(configuration.get(), console);
    return arguments.has("--online")
        ? OnlineCheck.run(configuration.get(), console)
        : ExitStatus.DONE;
  }

  private static void describe(Configuration configuration, Console console) {
    console
        .out()
        .println(
            "the configuration is right: version "
                + configuration.version()
                + ", "
                + configuration.kinds().size()
                + " task kinds, "
                + configuration.destinations().size()
                + " destinations, "
                + configuration.credentials().size()
                + " credentials");
    configuration.unsafe().stream()
        .distinct()
        .sorted()
        .forEach(name -> console.out().println("unsafe setting that is on: " + name));
  }
}
