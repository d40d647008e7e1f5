package dev.leasehold.suite.clients;

import dev.leasehold.testbed.sidecar.Distribution;
import dev.leasehold.testbed.sidecar.Ran;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What {@code .ci/clients/install} has put into the cache: Python's, Node's and Java's packages.
 *
 * @param folder a copy of it where every account can go
 */
record Installed(Path folder) {

  /** Empty where it was not run for the versions that are pinned now. */
  static Optional<Installed> at(Path copy) {
    String script = Distribution.project().resolve(".ci/clients/folder").toString();
    Map<String, String> home = Map.of("HOME", System.getProperty("user.home"));
    Path made = Path.of(Ran.command(List.of("sh", script), home).orThrow().out().strip());
    if (!Files.exists(made.resolve("complete"))) {
      return Optional.empty();
    }
    if (!copies(made, copy, "-al")) {
      Ran.command(List.of("rm", "-rf", copy.toString()), Map.of()).orThrow();
      if (!copies(made, copy, "-a")) {
        throw new IllegalStateException(made + " cannot be copied");
      }
    }
    return Optional.of(new Installed(copy));
  }

  /** By links, which cost nothing, where both are on one file system. */
  private static boolean copies(Path from, Path to, String how) {
    return Ran.command(List.of("cp", how, from.toString(), to.toString()), Map.of()).status() == 0;
  }

  /** What commands of clients may name. */
  Map<String, String> places() {
    return Map.of(
        "python", folder.resolve("python/bin/python3").toString(),
        "nodejs", folder.resolve("nodejs").toString(),
        "jars", folder.resolve("java").toString());
  }

  Path nodeModules() {
    return folder.resolve("node/node_modules");
  }
}
