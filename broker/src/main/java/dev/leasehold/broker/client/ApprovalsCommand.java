package dev.leasehold.broker.client;

import dev.leasehold.broker.telemetry.JsonBytes;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** {@code leasehold approvals list|show|approve|deny}: for humans who are asked. */
public final class ApprovalsCommand {
  private static final String PATH = "/v1/approvals";
  private static final String UNSEEN = "--unseen";

  /** Of what is shown, in this order; the rest only with {@code --json}. */
  private static final List<String> SHOWN =
      List.of(
          "id",
          "state",
          "asked_at",
          "expires_at",
          "rule",
          "scope",
          "agent",
          "kind",
          "task",
          "action",
          "method",
          "target",
          "path",
          "query",
          "environment",
          "credential",
          "classification");

  private ApprovalsCommand() {}

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
        case "approve" ->
            answer("approve", Options.parse(rest, environment, Set.of("--reason", UNSEEN)), out);
        case "deny" ->
            answer("deny", Options.parse(rest, environment, Set.of("--reason", UNSEEN)), out);
        default -> throw usage();
      }
      return 0;
    } catch (ClientFailure failure) {
      Words.failure(failure, err);
      return failure.exitStatus();
    }
  }

  private static ClientFailure usage() {
    return ClientFailure.usage("approvals knows list, show, approve and deny");
  }

  private static void list(Options options, PrintStream out) throws ClientFailure {
    options.expectNoWords();
    try (ControlClient client = options.approver()) {
      Reply reply = client.get(PATH).orThrow();
      if (options.isJson()) {
        out.println(reply.text());
        return;
      }
      List<Map<String, Object>> open = Json.objects(reply.members(), "approvals");
      if (open.isEmpty()) {
        out.println("nothing waits for an answer");
      }
      for (Map<String, Object> one : open) {
        out.println(
            String.join(
                "  ",
                Words.plain(one, "id"),
                Words.plain(one, "rule"),
                Words.plain(one, "agent"),
                Words.plain(one, "method"),
                Words.plain(one, "target") + Words.plain(one, "path")));
      }
    }
  }

  private static void show(Options options, PrintStream out) throws ClientFailure {
    try (ControlClient client = options.approver()) {
      Reply reply = client.get(PATH + "/" + id(options)).orThrow();
      if (options.isJson()) {
        out.println(reply.text());
      } else {
        show(reply.members(), out);
      }
    }
  }

  private static void show(Map<String, Object> members, PrintStream out) {
    for (String name : SHOWN) {
      String text = Words.plain(members, name);
      if (!text.isEmpty()) {
        out.println(name + ": " + text);
      }
    }
    Map<String, Object> body = new LinkedHashMap<>(Json.texts(members, "body"));
    out.println("body: " + Words.plain(body, "seen"));
    for (String name : List.of("size", "sha256", "text", "base64")) {
      String text = Words.plain(body, name);
      if (!text.isEmpty()) {
        out.println("  " + name + ": " + text);
      }
    }
    out.println("the agent says (nobody checked it):");
    out.println(
        "  purpose: "
            + Words.plain(new LinkedHashMap<>(Json.texts(members, "agent_says")), "purpose"));
  }

  /** Answers what is there now: the digest of what is shown goes with the answer. */
  private static void answer(String decision, Options options, PrintStream out)
      throws ClientFailure {
    String path = PATH + "/" + id(options);
    try (ControlClient client = options.approver()) {
      Map<String, Object> shown = client.get(path).orThrow().members();
      JsonBytes json = new JsonBytes(256).beginObject();
      json.name("decision").text(decision);
      json.name("digest").text(Json.text(shown, "digest"));
      if (options.one(UNSEEN).isPresent()) {
        json.name("unseen").bool(options.one(UNSEEN).get().equals("yes"));
      }
      String reason = options.one("--reason").orElse("");
      if (!reason.isEmpty()) {
        json.name("reason").text(reason);
      }
      Reply reply = client.post(path + "/decision", json.endObject().toByteArray()).orThrow();
      if (options.isJson()) {
        out.println(reply.text());
      } else {
        out.println(
            Words.plain(shown, "method")
                + " "
                + Words.plain(shown, "target")
                + Words.plain(shown, "path")
                + ": "
                + Words.plain(reply.members(), "state"));
      }
    }
  }

  private static String id(Options options) throws ClientFailure {
    if (options.words().size() != 1 || !options.words().getFirst().matches("[A-Za-z0-9_]{1,64}")) {
      throw ClientFailure.usage(
          "the question's id is missing, or is none; leasehold approvals list");
    }
    return options.words().getFirst();
  }
}
