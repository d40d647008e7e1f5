package dev.leasehold.broker.client;

import dev.leasehold.broker.telemetry.JsonBytes;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** {@code leasehold task open|list|show|end}. */
public final class TaskCommand {
  private TaskCommand() {}

  /**
   * @param arguments what stands after {@code task}
   * @return the exit status: 0 done, 1 refused, 64 usage, 69 not reached
   */
  public static int run(
      List<String> arguments, Map<String, String> environment, PrintStream out, PrintStream err) {
    try {
      if (arguments.isEmpty()) {
        throw ClientFailure.usage("task knows open, list, show and end");
      }
      List<String> rest = arguments.subList(1, arguments.size());
      switch (arguments.getFirst()) {
        case "open" -> open(Options.parse(rest, environment, Opening.OPTIONS), out);
        case "list" -> list(Options.parse(rest, environment, Set.of()), out);
        case "show" -> show(Options.parse(rest, environment, Set.of()), out);
        case "end" ->
            end(Options.parse(rest, environment, Set.of("--type", "--reason", "--wait")), out);
        default -> throw ClientFailure.usage("task knows open, list, show and end");
      }
      return 0;
    } catch (ClientFailure failure) {
      Words.failure(failure, err);
      return failure.exitStatus();
    }
  }

  /** Prints what a shell takes: {@code eval "$(leasehold task open …)"}. */
  private static void open(Options options, PrintStream out) throws ClientFailure {
    options.expectNoWords();
    try (ControlClient client = options.caller()) {
      Reply reply =
          client
              .post("/v1/tasks", Opening.body(options, options.all("--endpoint"), false))
              .orThrow();
      if (options.isJson()) {
        out.println(reply.text());
        return;
      }
      Json.texts(reply.members(), "env")
          .forEach((name, value) -> out.println("export " + name + "=" + quoted(value)));
    }
  }

  private static String quoted(String value) {
    return "'" + value.replace("'", "'\\''") + "'";
  }

  private static void list(Options options, PrintStream out) throws ClientFailure {
    options.expectNoWords();
    try (ControlClient client = options.caller()) {
      Reply reply = client.get("/v1/tasks").orThrow();
      if (options.isJson()) {
        out.println(reply.text());
      } else {
        Words.tasks(Json.objects(reply.members(), "tasks"), out);
      }
    }
  }

  private static void show(Options options, PrintStream out) throws ClientFailure {
    String task = options.task();
    try (ControlClient client = options.holder(task)) {
      Reply reply = client.get("/v1/tasks/" + task).orThrow();
      if (options.isJson()) {
        out.println(reply.text());
      } else {
        Words.task(reply.members(), out);
      }
    }
  }

  private static void end(Options options, PrintStream out) throws ClientFailure {
    String task = options.task();
    String type = options.one("--type").orElse("completed");
    Optional<String> wait = options.one("--wait");
    if (wait.isPresent() && !wait.get().matches("[0-9]{1,5}(ms|s|m)")) {
      throw ClientFailure.usage("--wait is a duration of at most 60s, such as 10s");
    }
    try (ControlClient client = options.holder(task)) {
      Reply reply =
          client
              .post(
                  signalPath(task, wait.orElse("")),
                  signal(type, options.one("--reason").orElse("")),
                  wait.isPresent() ? Duration.ofSeconds(60) : Duration.ZERO)
              .orThrow();
      if (options.isJson()) {
        out.println(reply.text());
      } else {
        Words.report(reply.members(), out);
      }
    }
  }

  /**
   * @param wait a duration; empty to be answered at once
   */
  static String signalPath(String task, String wait) {
    return "/v1/tasks/" + task + "/signals" + (wait.isEmpty() ? "" : "?wait=" + wait);
  }

  /**
   * @param reason may be empty
   */
  static byte[] signal(String type, String reason) {
    JsonBytes json = new JsonBytes(128).beginObject().name("type").text(type);
    if (!reason.isEmpty()) {
      json.name("reason").text(reason);
    }
    return json.endObject().toByteArray();
  }
}
