package dev.leasehold.suite.sidecar;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.leasehold.suite.sidecar.ControlClient.OpenedTask;
import dev.leasehold.testbed.server.Account;
import dev.leasehold.testbed.sidecar.Ran;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** curl under somebody's uid. */
final class Curl {
  /** An answer; status 0 where there was none. */
  record Got(int status, String body) {}

  private Curl() {}

  static Got as(int uid, String... arguments) {
    List<String> command =
        new ArrayList<>(List.of("curl", "-sS", "--max-time", "20", "-w", "\n%{http_code}"));
    command.addAll(List.of(arguments));
    Ran ran = Ran.command(Account.commandAs(uid, command), Map.of());
    int end = ran.out().lastIndexOf('\n');
    return end < 0
        ? new Got(0, ran.err())
        : new Got(Integer.parseInt(ran.out().substring(end + 1)), ran.out().substring(0, end));
  }

  /** A call of the task API on its socket. */
  static Got control(Rig rig, int uid, String method, String path, JsonObject body) {
    List<String> arguments =
        new ArrayList<>(List.of("--unix-socket", rig.controlSocket().toString(), "-X", method));
    if (!body.isEmpty()) {
      arguments.addAll(List.of("-H", "Content-Type: application/json", "-d", body.encode()));
    }
    arguments.add("http://leasehold" + path);
    return as(uid, arguments.toArray(String[]::new));
  }

  /** Opens a task of the kind {@code restock}, with addresses of its own. */
  static OpenedTask open(Rig rig, int uid, String... endpoints) {
    JsonObject request =
        new JsonObject()
            .put("kind", "restock")
            .put("purpose", "a test")
            .put("endpoints", new JsonArray(List.of(endpoints)));
    return open(rig, uid, request);
  }

  static OpenedTask open(Rig rig, int uid, JsonObject request) {
    Got got = control(rig, uid, "POST", "/v1/tasks", request);
    assertEquals(201, got.status(), got.body());
    OpenedTask task = new OpenedTask(new JsonObject(got.body()));
    rig.secrets().know("token of task " + task.id(), task.token());
    return task;
  }

  /** Ends a task as completed and waits for the final report. */
  static JsonObject end(Rig rig, int uid, OpenedTask task) {
    String signals = "/v1/tasks/" + task.id() + "/signals?wait=30s";
    Got got = control(rig, uid, "POST", signals, new JsonObject().put("type", "completed"));
    assertEquals(200, got.status(), got.body());
    return new JsonObject(got.body());
  }
}
