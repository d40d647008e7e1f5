package dev.leasehold.testbed.vault;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;

/**
 * What Vault answered.
 *
 * @param body empty where there was none, as with 204
 */
public record VaultAnswer(int status, JsonObject body) {

  private static final JsonObject NOTHING = new JsonObject();
  private static final JsonArray NONE = new JsonArray();

  public boolean ok() {
    return status >= 200 && status < 300;
  }

  /** This, or an exception with Vault's own errors if it is not a success. */
  public VaultAnswer orThrow() {
    if (!ok()) {
      throw new IllegalStateException("Vault answered " + status + " " + errors());
    }
    return this;
  }

  /** The {@code data} member; empty if absent. */
  public JsonObject data() {
    return member(body, "data");
  }

  /** The {@code auth} member; empty if absent. */
  public JsonObject auth() {
    return member(body, "auth");
  }

  public List<String> errors() {
    return strings(body, "errors");
  }

  /** An object member; empty if absent or null. */
  static JsonObject member(JsonObject object, String name) {
    JsonObject found = object.getJsonObject(name, NOTHING);
    return found == null ? NOTHING : found;
  }

  /** The elements of an array member as text; empty if absent or null. */
  static List<String> strings(JsonObject object, String name) {
    JsonArray found = object.getJsonArray(name, NONE);
    return found == null ? List.of() : found.stream().map(String::valueOf).toList();
  }
}
