package dev.leasehold.house;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Where the project's files are. */
final class Project {
  private Project() {}

  /** The top folder: the nearest one above that holds the broker and the examples. */
  static Path root() {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.isDirectory(folder.resolve("broker/src/main/java"))) {
      Path above = folder.getParent();
      if (above == null) {
        throw new IllegalStateException("run inside the project");
      }
      folder = above;
    }
    return folder;
  }

  /** Every source or page of the project with that ending, generated folders left out. */
  static List<Path> files(String ending) {
    return files(root(), ending);
  }

  static List<Path> files(Path folder, String ending) {
    try (Stream<Path> walk = Files.walk(folder)) {
      return walk.filter(path -> path.toString().endsWith(ending))
          .filter(path -> !isGenerated(root().relativize(path)))
          .filter(Files::isRegularFile)
          .sorted()
          .toList();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private static boolean isGenerated(Path relative) {
    Path path = root();
    for (Path part : relative) {
      if (part.toString().equals(".git")
          || part.toString().equals("target") && Files.exists(path.resolve("pom.xml"))) {
        return true;
      }
      path = path.resolve(part);
    }
    return false;
  }
}
