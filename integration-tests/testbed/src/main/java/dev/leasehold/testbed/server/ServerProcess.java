package dev.leasehold.testbed.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/** A program of this machine that was started for a test, with its output in one file. */
public final class ServerProcess implements AutoCloseable {

  private static final Duration GRACE = Duration.ofSeconds(10);

  private final String name;
  private final Process process;
  private final Path log;

  private ServerProcess(String name, Process process, Path log) {
    this.name = name;
    this.process = process;
    this.log = log;
  }

  /**
   * Starts the program and returns at once.
   *
   * @param folder working folder; the output goes to {@code <name>.log} in it, appended
   * @param environment put on top of ours
   */
  public static ServerProcess start(
      String name, Path folder, List<String> command, Map<String, String> environment) {
    Path log = folder.resolve(name + ".log");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    builder.environment().putAll(environment);
    try {
      return new ServerProcess(name, builder.start(), log);
    } catch (IOException absent) {
      throw new UncheckedIOException(name + " cannot be started", absent);
    }
  }

  /** Runs a command to its end and returns what it printed on both streams. */
  public static String run(Path folder, List<String> command, Map<String, String> environment) {
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
    builder.environment().putAll(environment);
    try {
      Process process = builder.start();
      String output = new String(process.getInputStream().readAllBytes(), UTF_8);
      int status = process.waitFor();
      if (status != 0) {
        throw new IllegalStateException(command.getFirst() + " gave " + status + ": " + output);
      }
      return output;
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while running " + command.getFirst(), stop);
    }
  }

  /** Waits for the condition, but gives up at once when the process has ended. */
  public void awaitReady(String what, BooleanSupplier condition) {
    try {
      Await.until(
          what,
          Duration.ofSeconds(60),
          () -> {
            if (!process.isAlive()) {
              throw new IllegalStateException(name + " ended with " + process.exitValue());
            }
            return condition.getAsBoolean();
          });
    } catch (IllegalStateException failed) {
      String output = output();
      close();
      throw new IllegalStateException(
          name + " did not start: " + failed.getMessage() + "\n" + lastPart(output), failed);
    }
  }

  /** Everything printed so far. */
  public String output() {
    try {
      return Files.readString(log);
    } catch (IOException absent) {
      return "";
    }
  }

  private static String lastPart(String output) {
    return output.substring(Math.max(0, output.length() - 4000));
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  public long pid() {
    return process.pid();
  }

  /** Stops every thread of it as a debugger would; connections stay open and nothing answers. */
  public void pause() {
    signal("-STOP");
  }

  public void resume() {
    signal("-CONT");
  }

  /** SIGINT; what a program makes of it is its own business. */
  public void interrupt() {
    if (process.isAlive()) {
      signal("-INT");
    }
  }

  private void signal(String signal) {
    run(Path.of("/"), List.of("kill", signal, Long.toString(process.pid())), Map.of());
  }

  /** No goodbye: SIGKILL to it and its children. */
  public void kill() {
    List<ProcessHandle> family = family();
    family.forEach(ProcessHandle::destroyForcibly);
    family.forEach(ServerProcess::awaitEnd);
  }

  /** SIGTERM, then SIGKILL to whatever is left of it and its children. */
  @Override
  public void close() {
    List<ProcessHandle> family = family();
    if (process.isAlive()) {
      // A stopped process would not see the SIGTERM.
      process.destroy();
      resumeQuietly();
      awaitEnd(process.toHandle());
    }
    family.forEach(ProcessHandle::destroyForcibly);
    family.forEach(ServerProcess::awaitEnd);
  }

  private void resumeQuietly() {
    try {
      resume();
    } catch (IllegalStateException ended) {
      // It has ended between the two calls, which is what we want.
      return;
    }
  }

  private List<ProcessHandle> family() {
    try (Stream<ProcessHandle> children = process.descendants()) {
      List<ProcessHandle> family = new ArrayList<>(children.toList());
      family.add(process.toHandle());
      return family;
    }
  }

  private static void awaitEnd(ProcessHandle handle) {
    try {
      handle.onExit().get(GRACE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException stillThere) {
      return;
    }
  }

  @Override
  public String toString() {
    return name + "[" + process.pid() + "]";
  }
}
