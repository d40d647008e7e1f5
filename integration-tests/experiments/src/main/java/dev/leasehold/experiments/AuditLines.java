package dev.leasehold.experiments;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The audit log as far as it is written. */
record AuditLines(List<JsonObject> lines) {

  static AuditLines read(Path file) throws IOException {
    // The last line may be half there.
    String text = Files.readString(file);
    return new AuditLines(
        text.substring(0, text.lastIndexOf('\n') + 1).lines().map(JsonObject::new).toList());
  }

  /** The paths of the calls that were allowed, in their order. */
  List<String> allowed() {
    return lines.stream()
        .filter(line -> "call.decided".equals(line.getString("type")))
        .filter(line -> "allow".equals(line.getString("decision")))
        .map(line -> line.getString("path", ""))
        .toList();
  }

  /** How many refusals have that cause. */
  long refusals(String cause) {
    return lines.stream()
        .filter(line -> "call.decided".equals(line.getString("type")))
        .filter(line -> "deny".equals(line.getString("decision")))
        .filter(line -> cause.equals(line.getString("cause")))
        .count();
  }
}
