package dev.leasehold.testbed.vault;

import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Vault's own file audit device, read as calls. */
final class AuditDevice {

  private AuditDevice() {}

  static void enable(VaultAdmin admin, String file) {
    JsonObject options = new JsonObject().put("file_path", file);
    admin
        .put("sys/audit/testbed", new JsonObject().put("type", "file").put("options", options))
        .orThrow();
  }

  /** Responses only: each request has exactly one, a refused one included. */
  static List<VaultCall> calls(String log) {
    return log.lines()
        .map(JsonObject::new)
        .filter(entry -> "response".equals(entry.getString("type")))
        .map(AuditDevice::call)
        .toList();
  }

  private static VaultCall call(JsonObject entry) {
    JsonObject request = VaultAnswer.member(entry, "request");
    JsonObject caller = VaultAnswer.member(entry, "auth");
    Map<String, String> metadata = new HashMap<>();
    JsonObject clear = VaultAnswer.member(caller, "metadata");
    for (String name : clear.fieldNames()) {
      metadata.put(name, text(clear, name));
    }
    return new VaultCall(
        Instant.parse(text(entry, "time")),
        text(request, "operation"),
        text(request, "path"),
        text(caller, "display_name"),
        metadata,
        text(entry, "error"));
  }

  private static String text(JsonObject object, String name) {
    return object.getString(name, "");
  }
}
