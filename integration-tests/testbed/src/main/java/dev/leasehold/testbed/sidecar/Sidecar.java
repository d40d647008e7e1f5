package dev.leasehold.testbed.sidecar;

import dev.leasehold.testbed.server.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** {@code leasehold serve} in a process of its own, with what it prints in a file. */
public final class Sidecar implements AutoCloseable {
  private static final Duration START = Duration.ofSeconds(60);
  private static final Duration STOP = Duration.ofSeconds(45);

  /** How its readiness line begins. */
  public static final String READY = "leasehold ready";

  private final Process process;
  private final Path output;
  private final int outputBefore;

  private Sidecar(Process process, Path output, int outputBefore) {
    this.process = process;
    this.output = output;
    this.outputBefore = outputBefore;
  }

  /** Starts it and returns at once. */
  public static Sidecar start(Distribution distribution, int uid, Path config, Path output) {
    List<String> command =
        distribution.command(uid, List.of("serve", "--config", config.toString()));
    return start(command, Map.of(), output);
  }

  /** Starts it by any command that serves, and returns at once. */
  public static Sidecar start(List<String> command, Map<String, String> environment, Path output) {
    int before = read(output).length();
    return new Sidecar(Ran.start(command, environment, output), output, before);
  }

  /** Returns when it has said that it is ready; throws with its output when it does not. */
  public Sidecar awaitReady() {
    try {
      Await.until("Leasehold is ready", START, this::isReady);
    } catch (IllegalStateException late) {
      throw new IllegalStateException(late.getMessage() + "; it said:\n" + output(), late);
    }
    return this;
  }

  private boolean isReady() {
    if (!process.isAlive()) {
      throw new IllegalStateException("Leasehold ended with " + process.exitValue());
    }
    return output().lines().anyMatch(line -> line.startsWith(READY));
  }

  /** All that it has printed. */
  public String output() {
    return read(output).substring(outputBefore);
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException absent) {
      return "";
    }
  }

  public long pid() {
    return process.pid();
  }

  /** SIGKILL; returns when it is gone. */
  public void kill() {
    process.destroyForcibly();
    awaitExit();
  }

  /** SIGTERM; returns its status. */
  public int stop() {
    process.destroy();
    return awaitExit();
  }

  /** Waits for its end, however long that takes. */
  public void awaitEnd() {
    try {
      process.waitFor();
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
    }
  }

  private int awaitExit() {
    try {
      if (!process.waitFor(STOP.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly();
        throw new IllegalStateException("Leasehold did not end within " + STOP);
      }
      return process.exitValue();
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", stop);
    }
  }

  @Override
  public void close() {
    if (process.isAlive()) {
      stop();
    }
  }
}
