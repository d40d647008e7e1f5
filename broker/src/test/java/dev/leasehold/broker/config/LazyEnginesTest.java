package dev.leasehold.broker.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A configuration that asks neither CEL nor Cedar pays for neither. */
final class LazyEnginesTest {
  @TempDir Path folder;

  /** Reads the file that is named, in a process of its own. */
  static final class Reader {
    private Reader() {}

    public static void main(String[] arguments) throws IOException {
      if (Sample.load(Files.readString(Path.of(arguments[0])))
          instanceof LoadResult.Refused refused) {
        throw new IllegalStateException(refused.errors().toString());
      }
    }
  }

  /** Of these libraries those of which a class was loaded. */
  private Set<String> loaded(String yaml) throws IOException, InterruptedException {
    Path file = Files.writeString(folder.resolve("config.yaml"), yaml);
    Path classes = folder.resolve("classes.txt");
    Path output = folder.resolve("output.txt");
    int status =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xlog:class+load:file=" + classes,
                    "--enable-native-access=ALL-UNNAMED",
                    "-cp",
                    System.getProperty("java.class.path"),
                    Reader.class.getName(),
                    file.toString()))
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start()
            .waitFor();
    assertEquals(0, status, () -> text(output));
    String log = Files.readString(classes);
    assertTrue(log.contains("dev.leasehold.broker.config.keys.PolicyKeys"), log);
    Set<String> found = new TreeSet<>();
    for (String library :
        List.of(" dev.cel.", " com.google.protobuf.", " com.cedarpolicy.", " com.fasterxml.")) {
      if (log.contains(library)) {
        found.add(library.strip());
      }
    }
    return found;
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException unreadable) {
      return unreadable.toString();
    }
  }

  @Test
  void nothingOfThemIsLoadedWhereNothingAsksForThem() throws Exception {
    assertEquals(
        Set.of(),
        loaded(
            Sample.text() + "policy: {rules: [{name: a, effect: allow, when: {calls-over: 1}}]}"));
  }

  @Test
  void eachIsLoadedForItselfAlone() throws Exception {
    // Given
    Path policies =
        Files.writeString(folder.resolve("a.cedar"), "permit (principal, action, resource);");

    // When
    Set<String> cel =
        loaded(Sample.text() + "policy: {rules: [{name: a, effect: allow, cel: task.calls < 9}]}");
    Set<String> cedar =
        loaded(
            Sample.text() + "policy: {engines: [{cedar: {policies: \"file:" + policies + "\"}}]}");

    // Then
    assertTrue(cel.contains("dev.cel."));
    assertFalse(cel.contains("com.cedarpolicy."));
    assertTrue(cedar.contains("com.cedarpolicy."));
    assertFalse(cedar.contains("dev.cel."));
  }
}
