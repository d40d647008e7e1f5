package dev.leasehold.testbed.vault.wire;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a backend answers, before it is put into Vault's envelope.
 *
 * @param body the whole body where the path answers without an envelope ({@code sys/health})
 */
public record VaultReply(
    int status,
    @Nullable JsonObject data,
    @Nullable JsonObject auth,
    String leaseId,
    boolean renewable,
    long leaseSeconds,
    List<String> warnings,
    @Nullable JsonObject body) {

  public VaultReply {
    warnings = List.copyOf(warnings);
  }

  public static VaultReply of(JsonObject data) {
    return of(200, data);
  }

  public static VaultReply of(int status, JsonObject data) {
    return new VaultReply(status, data, null, "", false, 0, List.of(), null);
  }

  public static VaultReply noContent() {
    return new VaultReply(204, null, null, "", false, 0, List.of(), null);
  }

  /** An answer without data. */
  public static VaultReply empty(int status) {
    return new VaultReply(status, null, null, "", false, 0, List.of(), null);
  }

  public static VaultReply bare(int status, JsonObject body) {
    return new VaultReply(status, null, null, "", false, 0, List.of(), body);
  }

  public static VaultReply auth(JsonObject auth) {
    return new VaultReply(200, null, auth, "", false, 0, List.of(), null);
  }

  public static VaultReply lease(
      String leaseId, boolean renewable, long seconds, @Nullable JsonObject data) {
    return new VaultReply(200, data, null, leaseId, renewable, seconds, List.of(), null);
  }

  /** The keys of a list; Vault answers 404 where there are none. */
  public static VaultReply keys(List<String> keys) {
    if (keys.isEmpty()) {
      throw Refusal.absent();
    }
    return of(new JsonObject().put("keys", new JsonArray(keys)));
  }

  public VaultReply withWarnings(List<String> more) {
    return new VaultReply(
        status, data, auth, leaseId, renewable, leaseSeconds, List.copyOf(more), body);
  }

  /**
   * The body as sent, or null where nothing is.
   *
   * @param flat also repeat the data's members at the top, as Vault does for some old paths
   */
  public @Nullable JsonObject envelope(String mountType, boolean flat) {
    if (body != null) {
      return body;
    }
    if (status == 204 || status == 202) {
      return null;
    }
    JsonObject envelope = new JsonObject();
    if (flat && data != null) {
      data.forEach(member -> envelope.put(member.getKey(), member.getValue()));
    }
    return envelope
        .put("request_id", UUID.randomUUID().toString())
        .put("lease_id", leaseId)
        .put("renewable", renewable)
        .put("lease_duration", leaseSeconds)
        .put("data", data)
        .put("wrap_info", null)
        .put("warnings", warnings.isEmpty() ? null : new JsonArray(warnings))
        .put("auth", auth)
        .put("mount_type", mountType);
  }
}
