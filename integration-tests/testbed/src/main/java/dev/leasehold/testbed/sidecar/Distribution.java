package dev.leasehold.testbed.sidecar;

import dev.leasehold.testbed.server.Account;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The runnable folder that {@code sidecar-image} makes, and the Java that runs it: that of this
 * JVM.
 *
 * @param home holds {@code bin/leasehold}, {@code java.args} and {@code lib/}
 */
public record Distribution(Path home) {
  private static final Path BUILT = Path.of("sidecar-image", "target", "leasehold");

  /** Of the checkout that we were started in. */
  public static Distribution built() {
    return built(project());
  }

  /** Of the given checkout. */
  public static Distribution built(Path project) {
    Path home = project.resolve(BUILT).toAbsolutePath();
    if (!Files.isDirectory(home.resolve("lib"))) {
      throw new IllegalStateException(home + " is not built: mvn -pl sidecar-image -am package");
    }
    return new Distribution(home);
  }

  /** The root of the checkout: the nearest folder above the working one that has the modules. */
  public static Path project() {
    for (Path folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
      if (Files.isDirectory(folder.resolve("sidecar-image"))
          && Files.isDirectory(folder.resolve("config-examples"))) {
        return folder;
      }
    }
    throw new IllegalStateException("not inside a checkout of the project");
  }

  /** A copy that every account may run, since a checkout may lie where only its owner can go. */
  public Distribution forEverybody(Path folder) {
    Path copy = folder.resolve("leasehold");
    try (Stream<Path> files = Files.walk(home)) {
      for (Path file : files.toList()) {
        Path target = copy.resolve(home.relativize(file).toString());
        Files.copy(file, target);
        boolean program = Files.isDirectory(file) || Files.isExecutable(file);
        Files.setPosixFilePermissions(
            target, PosixFilePermissions.fromString(program ? "rwxr-xr-x" : "rw-r--r--"));
      }
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
    return new Distribution(copy);
  }

  /** {@code leasehold} with these arguments, to be run as {@code uid}. */
  public List<String> command(int uid, List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add("/bin/sh"); // the folder may come from a build that kept no executable bits
    command.add(home.resolve("bin").resolve("leasehold").toString());
    command.addAll(arguments);
    return Account.commandAs(uid, command);
  }
}
