package dev.leasehold.broker;

import dev.leasehold.broker.config.ConfigWatcher;
import dev.leasehold.broker.config.Configuration;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.function.BiConsumer;

/** {@code leasehold serve}: runs the sidecar until it is told to stop. */
final class ServeCommand implements Command {
  private static final Duration LOOK_AT_FILE = Duration.ofSeconds(2);
  private static final Duration LOOK_AT_STOP = Duration.ofMillis(200);

  private final Sidecar.Starter starter;
  private final BiConsumer<String, Runnable> signals;

  /**
   * @param signals has an action run at each signal of a name
   */
  ServeCommand(Sidecar.Starter starter, BiConsumer<String, Runnable> signals) {
    this.starter = starter;
    this.signals = signals;
  }

  @Override
  public int run(List<String> words, Console console) throws UsageException {
    Arguments arguments = Arguments.parse(words, Set.of("--config"), Set.of());
    arguments.expectNoWords();
    Path file = arguments.requiredPath("--config");
    Optional<Configuration> configuration = ConfigFile.read(file, console);
    if (configuration.isEmpty()) {
      return ExitStatus.CONFIG;
    }
    CountDownLatch stop = new CountDownLatch(1);
    signals.accept("TERM", stop::countDown);
    signals.accept("INT", stop::countDown);
    try (Sidecar sidecar = starter.start(configuration.get());
        ConfigWatcher watcher =
            new ConfigWatcher(file, configuration.get().besides(), LOOK_AT_FILE, sidecar::take)) {
      watcher.start();
      signals.accept("HUP", watcher::reload);
      return serve(sidecar, configuration.get(), stop, console);
    } catch (StartException refused) {
      console.complain("cannot start: " + refused.getMessage());
      return ExitStatus.UNAVAILABLE;
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return ExitStatus.UNAVAILABLE;
    }
  }

  private static int serve(
      Sidecar sidecar, Configuration configuration, CountDownLatch stop, Console console)
      throws InterruptedException {
    Optional<String> missing = sidecar.awaitServices(LOOK_AT_STOP);
    while (missing.isPresent() && stop.getCount() > 0) {
      missing = sidecar.awaitServices(LOOK_AT_STOP);
    }
    if (missing.isPresent()) {
      console.complain("stopped before it was ready: " + missing.get());
      return ExitStatus.UNAVAILABLE;
    }
    console
        .err()
        .println("leasehold ready " + sidecar.addresses() + " config=" + configuration.version());
    stop.await();
    return ExitStatus.DONE;
  }
}
