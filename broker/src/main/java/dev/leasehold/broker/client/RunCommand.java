package dev.leasehold.broker.client;

import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * {@code leasehold run}: opens a task, runs a program with the task's environment, ends the task
 * with the program, and waits for the proof. The task is held by the connection, so it ends as well
 * when this process dies.
 */
public final class RunCommand {
  /** The task could not be opened; env(1) uses it for its own failures. */
  static final int NOT_OPENED = 125;

  static final int NOT_EXECUTABLE = 126;
  static final int NOT_FOUND = 127;

  private static final String OWN_PROXY = "proxy";
  private static final String PROOF_WAIT = "30s";
  private static final Duration PROOF_TIME = Duration.ofSeconds(30);
  private static final int SIGNALLED = 128;
  private static final int LAST_SIGNAL = 64;

  private final ControlClient client;
  private final PrintStream err;

  private RunCommand(ControlClient client, PrintStream err) {
    this.client = client;
    this.err = err;
  }

  /**
   * Runs the program on this process's own standard streams.
   *
   * @param arguments what stands after {@code run}
   * @return the program's status, 128 + n when a signal ended it, or 64, 125, 126, 127
   */
  public static int run(
      List<String> arguments, Map<String, String> environment, PrintStream out, PrintStream err) {
    try {
      Options options = Options.parse(arguments, environment, Opening.OPTIONS);
      if (!options.words().isEmpty() || options.command().isEmpty()) {
        throw ClientFailure.usage("run [OPTIONS] -- CMD… expects the program after --");
      }
      byte[] opening = Opening.body(options, endpoints(options), true);
      try (ControlClient client = options.caller()) {
        return new RunCommand(client, err).run(opening, options.command(), environment);
      }
    } catch (ClientFailure failure) {
      Words.failure(failure, err);
      return failure.exitStatus() == ClientFailure.USAGE ? ClientFailure.USAGE : NOT_OPENED;
    }
  }

  /**
   * With a proxy of the task's own, where there can be one: Java takes no credentials for another.
   */
  private static List<String> endpoints(Options options) throws ClientFailure {
    List<String> endpoints = new ArrayList<>(options.all("--endpoint"));
    if (options.isKnownByUid() && !endpoints.contains(OWN_PROXY)) {
      endpoints.add(OWN_PROXY);
    }
    return endpoints;
  }

  private int run(byte[] opening, List<String> command, Map<String, String> environment)
      throws ClientFailure {
    Map<String, Object> task = client.post("/v1/tasks", opening).orThrow().members();
    String id = Json.text(task, "id");
    ProcessBuilder builder = new ProcessBuilder(command).inheritIO();
    builder.environment().clear();
    builder.environment().putAll(environment);
    builder.environment().putAll(Json.texts(task, "env"));
    try (ChildSignals signals = ChildSignals.caught(client::close)) {
      Process child = builder.start();
      signals.passTo(child);
      int status = waitFor(child);
      boolean isSignalled = status > SIGNALLED && status <= SIGNALLED + LAST_SIGNAL;
      boolean isCancelled = isSignalled || status != 0 && signals.last().isPresent();
      end(
          id,
          status == 0 ? "completed" : isCancelled ? "cancelled" : "failed",
          "the program ended with status " + status);
      return status;
    } catch (IOException notStarted) {
      int status = notStartedStatus(command.getFirst(), environment.getOrDefault("PATH", ""));
      err.println(
          "leasehold: "
              + command.getFirst()
              + (status == NOT_FOUND ? ": not found" : ": cannot be executed"));
      end(id, "failed", "the program could not be started");
      return status;
    }
  }

  private static int waitFor(Process child) {
    while (true) {
      try {
        return child.waitFor();
      } catch (InterruptedException notOurs) {
        child.destroy(); // whoever interrupts wants the end; its status is still needed
      }
    }
  }

  /** Never fails the run: the program has done its work, and the sidecar ends the task anyway. */
  private void end(String id, String type, String reason) {
    try {
      Map<String, Object> report =
          client
              .post(
                  TaskCommand.signalPath(id, PROOF_WAIT),
                  TaskCommand.signal(type, reason),
                  PROOF_TIME)
              .orThrow()
              .members();
      String signal = Json.text(report, "signal");
      if (!signal.equals(type)) {
        err.println("leasehold: the task had been ended before: " + Words.plain(report, "signal"));
      }
      if (!Json.text(report, "state").equals("done")) {
        err.println("leasehold: warning: the end of the task is not proven yet");
        Words.report(report, err);
      } else if (Json.text(report, "proof").equals("residual")) {
        Words.report(report, err);
      }
    } catch (ClientFailure failure) {
      err.println("leasehold: warning: the end of the task could not be confirmed");
      Words.failure(failure, err);
    }
  }

  private static int notStartedStatus(String program, String path) {
    if (program.contains("/")) {
      return Files.exists(Path.of(program)) ? NOT_EXECUTABLE : NOT_FOUND;
    }
    for (String folder : path.split(File.pathSeparator, -1)) {
      if (!folder.isEmpty() && Files.exists(Path.of(folder, program))) {
        return NOT_EXECUTABLE;
      }
    }
    return NOT_FOUND;
  }
}
