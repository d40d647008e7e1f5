package dev.leasehold.bench;

import dev.leasehold.testbed.server.ServerProcess;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A load in a process of its own, kept off the cores that are measured. */
final class LoadProcess {
  private LoadProcess() {}

  /**
   * Runs {@code main} to its end and gives what it printed.
   *
   * @param words come before those of the call
   */
  static String run(Path folder, Class<?> main, List<String> words, Call call) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-Dslf4j.internal.verbosity=ERROR",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
    command.addAll(words);
    command.addAll(List.of(call.arguments()));
    return ServerProcess.run(folder, Cores.load().pin(command), Map.of());
  }
}
