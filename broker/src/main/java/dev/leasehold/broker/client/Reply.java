package dev.leasehold.broker.client;

import java.nio.charset.StandardCharsets;
import java.util.Map;

/** What the control API answered. May hold a task's token, so it is never printed as a whole. */
final class Reply {
  private final int status;
  private final byte[] body;

  Reply(int status, byte[] body) {
    this.status = status;
    this.body = body;
  }

  int status() {
    return status;
  }

  /** The body as it came, for {@code --json}. */
  String text() {
    return new String(body, StandardCharsets.UTF_8);
  }

  /** The body's members. */
  Map<String, Object> members() throws ClientFailure {
    return Json.object(body);
  }

  /** Throws what the API said, unless it said yes. */
  Reply orThrow() throws ClientFailure {
    if (status >= 200 && status < 300) {
      return this;
    }
    Map<String, Object> problem = members();
    String name = Json.text(problem, "type").replaceFirst("^urn:leasehold:problem:", "");
    String detail = Json.text(problem, "detail");
    String message = "the sidecar refuses (" + status + " " + name + ")";
    throw new ClientFailure(
        status >= 500 ? ClientFailure.UNAVAILABLE : ClientFailure.REFUSED,
        detail.isEmpty() ? message : message + ": " + detail,
        hint(problem));
  }

  private String hint(Map<String, Object> problem) {
    String hint = Json.text(problem, "hint");
    if (status == 401 && Json.text(problem, "rule").equals("control.callers")) {
      return hint + " (id -u tells yours)";
    }
    return hint;
  }

  @Override
  public String toString() {
    return "Reply[" + status + "]";
  }
}
