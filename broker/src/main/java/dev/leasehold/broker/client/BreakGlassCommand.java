package dev.leasehold.broker.client;

import dev.leasehold.broker.telemetry.JsonBytes;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** {@code leasehold break-glass list|show|open|confirm|end}: for approvers. */
public final class BreakGlassCommand {
  private static final String PATH = "/v1/break-glass";

  private BreakGlassCommand() {}

  /** Exit status as of {@link TaskCommand}. */
  public static int run(
      List<String> arguments, Map<String, String> environment, PrintStream out, PrintStream err) {
    try {
      if (arguments.isEmpty()) {
        throw usage();
      }
      List<String> rest = arguments.subList(1, arguments.size());
      switch (arguments.getFirst()) {
        case "list" -> list(Options.parse(rest, environment, Set.of()), out);
        case "show" -> show(Options.parse(rest, environment, Set.of()), out);
        case "open" ->
            open(
                Options.parse(rest, environment, Set.of("--task", "--kind", "--reason", "--for")),
                out);
        case "confirm" -> confirm(Options.parse(rest, environment, Set.of()), out);
        case "end" -> end(Options.parse(rest, environment, Set.of()), out);
        default -> throw usage();
      }
      return 0;
    } catch (ClientFailure failure) {
      Words.failure(failure, err);
      return failure.exitStatus();
    }
  }

  private static ClientFailure usage() {
    return ClientFailure.usage("break-glass knows list, show, open, confirm and end");
  }

  private static void list(Options options, PrintStream out) throws ClientFailure {
    options.expectNoWords();
    try (ControlClient client = options.approver()) {
      Reply reply = client.get(PATH).orThrow();
      if (options.isJson()) {
        out.println(reply.text());
        return;
      }
      List<Map<String, Object>> all = Json.objects(reply.members(), "break_glass");
      if (all.isEmpty()) {
        out.println("none was opened within a day");
      }
      all.forEach(one -> line(one, out));
    }
  }

  private static void line(Map<String, Object> one, PrintStream out) {
    String task = Words.plain(one, "task");
    out.println(
        String.join(
            "  ",
            Words.plain(one, "id"),
            task.isEmpty() ? "kind " + Words.plain(one, "kind") : task,
            "until " + Words.plain(one, "ends_at"),
            "used for " + Words.plain(one, "used") + " calls",
            Words.plain(one, "reason")));
  }

  private static void show(Options options, PrintStream out) throws ClientFailure {
    try (ControlClient client = options.approver()) {
      Reply reply = client.get(PATH + "/" + id(options)).orThrow();
      if (options.isJson()) {
        out.println(reply.text());
        return;
      }
      line(reply.members(), out);
      for (Map<String, Object> use : Json.objects(reply.members(), "uses")) {
        out.println(
            "  "
                + String.join(
                    "  ",
                    Words.plain(use, "at"),
                    Words.plain(use, "task"),
                    Words.plain(use, "destination"),
                    Words.plain(use, "method"),
                    Words.plain(use, "path"),
                    "against " + Words.plain(use, "rule")));
      }
    }
  }

  private static void open(Options options, PrintStream out) throws ClientFailure {
    options.expectNoWords();
    JsonBytes json = new JsonBytes(256).beginObject();
    for (String name : List.of("task", "kind", "reason", "for")) {
      options.one("--" + name).ifPresent(text -> json.name(name).text(text));
    }
    try (ControlClient client = options.approver()) {
      told(client.post(PATH, json.endObject().toByteArray()).orThrow(), options, out);
    }
  }

  private static void confirm(Options options, PrintStream out) throws ClientFailure {
    try (ControlClient client = options.approver()) {
      byte[] nothing = new JsonBytes(8).beginObject().endObject().toByteArray();
      told(client.post(PATH + "/" + id(options) + "/confirm", nothing).orThrow(), options, out);
    }
  }

  private static void end(Options options, PrintStream out) throws ClientFailure {
    try (ControlClient client = options.approver()) {
      told(client.delete(PATH + "/" + id(options)).orThrow(), options, out);
    }
  }

  private static void told(Reply reply, Options options, PrintStream out) throws ClientFailure {
    if (options.isJson()) {
      out.println(reply.text());
    } else {
      line(reply.members(), out);
    }
  }

  private static String id(Options options) throws ClientFailure {
    if (options.words().size() != 1 || !options.words().getFirst().matches("brk_[0-9a-f]{1,64}")) {
      throw ClientFailure.usage("its id is missing, or is none; leasehold break-glass list");
    }
    return options.words().getFirst();
  }
}
