package dev.leasehold.broker.client;

import java.io.PrintStream;
import java.util.List;
import java.util.Map;

/** The API's answers in words for people. Never a token, a secret or the environment of a task. */
final class Words {
  private Words() {}

  static void failure(ClientFailure failure, PrintStream err) {
    err.println("leasehold: " + failure.getMessage());
    if (!failure.hint().isEmpty()) {
      err.println("  hint: " + failure.hint());
    }
  }

  static void tasks(List<Map<String, Object>> tasks, PrintStream out) {
    if (tasks.isEmpty()) {
      out.println("no tasks");
      return;
    }
    for (Map<String, Object> task : tasks) {
      out.println(
          String.join(
              "  ",
              plain(task, "id"),
              plain(task, "state"),
              plain(task, "kind"),
              "until " + plain(task, "expires_at"),
              plain(task, "purpose")));
    }
  }

  static void task(Map<String, Object> task, PrintStream out) {
    task.forEach(
        (name, value) -> {
          if (value instanceof String) {
            out.println(name + ": " + plain(task, name));
          }
        });
    Json.texts(task, "labels").forEach((name, text) -> out.println("label " + name + ": " + text));
    for (Map<String, Object> lease : Json.objects(task, "leases")) {
      out.println(
          "lease of "
              + plain(lease, "credential")
              + ": "
              + plain(lease, "state")
              + ", "
              + plain(lease, "revocability")
              + (lease.containsKey("expires_at") ? ", until " + plain(lease, "expires_at") : ""));
    }
    for (Map<String, Object> destination : Json.objects(task, "may")) {
      out.println(
          "may call "
              + plain(destination, "destination")
              + " ("
              + plain(destination, "target")
              + ")"
              + (destination.containsKey("credential")
                  ? " with " + plain(destination, "credential")
                  : ""));
    }
    if (task.get("report") instanceof Map<?, ?>) {
      Json.texts(task, "report")
          .forEach((name, text) -> out.println("report " + name + ": " + text));
    }
  }

  /** One line for the end, and one for each credential that lives on. */
  static void report(Map<String, Object> report, PrintStream out) {
    out.println(
        "task "
            + plain(report, "id")
            + " "
            + plain(report, "state")
            + " ("
            + plain(report, "signal")
            + "), proof "
            + plain(report, "proof")
            + ": leases "
            + plain(report, "leases")
            + ", revoked "
            + plain(report, "revoked")
            + ", proven dead in Vault "
            + plain(report, "proven_vault")
            + " and at the target "
            + plain(report, "proven_target")
            + ", unproven "
            + plain(report, "unproven")
            + ", took "
            + plain(report, "took_ms")
            + " ms");
    for (Map<String, Object> residual : Json.objects(report, "residual")) {
      out.println(
          "  lives on: "
              + plain(residual, "credential")
              + " ("
              + plain(residual, "revocability")
              + ")"
              + (residual.containsKey("dies_at") ? " until " + plain(residual, "dies_at") : ""));
    }
  }

  /** A text that cannot steer a terminal. */
  static String plain(Map<String, Object> object, String name) {
    StringBuilder plain = new StringBuilder();
    Json.text(object, name)
        .codePoints()
        .forEach(one -> plain.appendCodePoint(steers(one) ? '?' : one));
    return plain.toString();
  }

  /** Controls, and what turns the direction of writing around. */
  private static boolean steers(int character) {
    return Character.isISOControl(character) || Character.getType(character) == Character.FORMAT;
  }
}
