package dev.leasehold.broker.client;

import dev.leasehold.broker.telemetry.JsonBytes;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** {@code leasehold revoke-all} and {@code leasehold unlock}: the kill switch. */
public final class LockCommand {
  private static final String PATH = "/v1/revoke-all";

  private LockCommand() {}

  /** Ends everything, and locks opening. Exit status as of {@link TaskCommand}. */
  public static int revokeAll(
      List<String> arguments, Map<String, String> environment, PrintStream out, PrintStream err) {
    try {
      Options options = Options.parse(arguments, environment, Set.of("--reason"));
      options.expectNoWords();
      byte[] body =
          new JsonBytes(128)
              .beginObject()
              .name("reason")
              .text(options.required("--reason"))
              .endObject()
              .toByteArray();
      try (ControlClient client = options.caller()) {
        say(options, client.post(PATH, body).orThrow(), out);
      }
      return 0;
    } catch (ClientFailure failure) {
      Words.failure(failure, err);
      return failure.exitStatus();
    }
  }

  /** Lets tasks be opened again. */
  public static int unlock(
      List<String> arguments, Map<String, String> environment, PrintStream out, PrintStream err) {
    try {
      Options options = Options.parse(arguments, environment, Set.of());
      options.expectNoWords();
      try (ControlClient client = options.caller()) {
        say(options, client.delete(PATH).orThrow(), out);
      }
      return 0;
    } catch (ClientFailure failure) {
      Words.failure(failure, err);
      return failure.exitStatus();
    }
  }

  private static void say(Options options, Reply reply, PrintStream out) throws ClientFailure {
    if (options.isJson()) {
      out.println(reply.text());
      return;
    }
    Map<String, Object> state = reply.members();
    boolean isLocked = Json.text(state, "locked").equals("true");
    out.println(
        (isLocked ? "locked: no task can be opened until leasehold unlock" : "not locked")
            + "; tasks ending: "
            + Words.plain(state, "tasks_ending"));
  }
}
