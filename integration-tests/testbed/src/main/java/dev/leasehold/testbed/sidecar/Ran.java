package dev.leasehold.testbed.sidecar;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What a command that ran to its end left. */
public record Ran(int status, String out, String err) {
  /** Of our own environment a command gets these only. */
  private static final Set<String> INHERITED = Set.of("PATH", "LANG", "LC_ALL", "TMPDIR");

  /** Runs a command with nothing on its standard input and an environment of its own. */
  public static Ran command(List<String> command, Map<String, String> environment) {
    try {
      Path err = Files.createTempFile("leasehold", ".err");
      try {
        ProcessBuilder builder = builder(command, environment).redirectError(err.toFile());
        Process process = builder.start();
        String out = new String(process.getInputStream().readAllBytes(), UTF_8);
        return new Ran(process.waitFor(), out, Files.readString(err));
      } finally {
        Files.delete(err);
      }
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while running " + command.getFirst(), stop);
    }
  }

  /** Starts a command, which adds all that it prints to {@code output}, and returns at once. */
  public static Process start(List<String> command, Map<String, String> environment, Path output) {
    try {
      return builder(command, environment)
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()))
          .start();
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  private static ProcessBuilder builder(List<String> command, Map<String, String> environment) {
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(Path.of("/").toFile())
            .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
    Map<String, String> own = builder.environment();
    own.keySet().retainAll(INHERITED);
    own.put("JAVA_HOME", System.getProperty("java.home"));
    own.putAll(environment);
    return builder;
  }

  /** Returns itself. */
  public Ran orThrow() {
    if (status != 0) {
      throw new IllegalStateException("status " + status + ": " + err + out);
    }
    return this;
  }
}
