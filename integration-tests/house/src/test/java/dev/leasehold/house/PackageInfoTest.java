package dev.leasehold.house;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class PackageInfoTest {
  private static final Set<String> NAMES_THAT_SAY_NOTHING =
      Set.of("util", "utils", "common", "core", "impl", "internal", "manager", "helper");

  @Test
  void everyPackageSaysWhatItOwnsAndIsNullMarked() throws IOException {
    // Given
    Set<String> wrong = new TreeSet<>();

    // When
    for (Path source : Project.files(".java")) {
      Path folder = Objects.requireNonNull(source.getParent());
      boolean isTest = folder.toString().contains("/src/test/");
      Path info = folder.resolve("package-info.java");
      if (!isTest && !(Files.exists(info) && isComplete(Files.readString(info)))) {
        wrong.add(Project.root().relativize(folder) + " has no complete package-info.java");
      }
      if (NAMES_THAT_SAY_NOTHING.contains(String.valueOf(folder.getFileName()))) {
        wrong.add(Project.root().relativize(folder) + " has a name that says nothing");
      }
    }

    // Then
    assertEquals("", String.join("\n", wrong));
  }

  private static boolean isComplete(String info) {
    return info.startsWith("/**")
        && (info.contains("@org.jspecify.annotations.NullMarked")
            || info.contains("@NullMarked")
                && info.contains("import org.jspecify.annotations.NullMarked;"));
  }
}
