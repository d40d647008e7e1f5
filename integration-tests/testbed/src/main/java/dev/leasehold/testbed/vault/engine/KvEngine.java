package dev.leasehold.testbed.vault.engine;

import dev.leasehold.testbed.vault.mount.Backend;
import dev.leasehold.testbed.vault.mount.Call;
import dev.leasehold.testbed.vault.mount.Paths;
import dev.leasehold.testbed.vault.wire.Keys;
import dev.leasehold.testbed.vault.wire.Operation;
import dev.leasehold.testbed.vault.wire.Refusal;
import dev.leasehold.testbed.vault.wire.VaultReply;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/** KV version 2: values with versions, no leases. */
public final class KvEngine implements Backend {
  /** One version of a value; the data is gone once deleted. */
  private record Version(@Nullable JsonObject data, Instant created, @Nullable Instant deleted) {
    JsonObject metadata(int number) {
      return new JsonObject()
          .put("created_time", created.toString())
          .put("custom_metadata", null)
          .put("deletion_time", deleted == null ? "" : deleted.toString())
          .put("destroyed", false)
          .put("version", number);
    }
  }

  private final ConcurrentSkipListMap<String, List<Version>> values = new ConcurrentSkipListMap<>();
  private final Paths paths =
      new Paths()
          .on("config", Operation.UPDATE, call -> VaultReply.noContent())
          .on("config", Operation.READ, call -> config())
          .on("data/{path*}", Operation.UPDATE, this::write)
          .on("data/{path*}", Operation.READ, this::read)
          .on("data/{path*}", Operation.DELETE, this::delete)
          .existing("data/{path*}", names -> values.containsKey(names.getOrDefault("path", "")))
          .on("metadata/{path*}", Operation.READ, this::metadata)
          .on("metadata/{path*}", Operation.LIST, this::list)
          .on("metadata/{path*}", Operation.DELETE, this::forget);

  @Override
  public String type() {
    return "kv";
  }

  @Override
  public Paths paths() {
    return paths;
  }

  private static VaultReply config() {
    return VaultReply.of(
        new JsonObject()
            .put("cas_required", false)
            .put("delete_version_after", "0s")
            .put("max_versions", 0));
  }

  private VaultReply write(Call call) {
    JsonObject data = call.request().body().getJsonObject("data");
    if (data == null) {
      throw Refusal.badRequest("no data provided");
    }
    Integer expected =
        Optional.ofNullable(call.request().body().getJsonObject("options"))
            .map(options -> options.getInteger("cas"))
            .orElse(null);
    Version version = new Version(data.copy(), Instant.now(), null);
    List<Version> now =
        values.compute(call.name("path"), (path, had) -> added(had, version, expected));
    return VaultReply.of(version.metadata(now.size()));
  }

  private static List<Version> added(
      @Nullable List<Version> had, Version version, @Nullable Integer expected) {
    List<Version> all = had == null ? new ArrayList<>() : new ArrayList<>(had);
    if (expected != null && expected != all.size()) {
      throw Refusal.badRequest("check-and-set parameter did not match the current version");
    }
    all.add(version);
    return List.copyOf(all);
  }

  private VaultReply read(Call call) {
    List<Version> all = versions(call);
    int asked = call.fields().number("version", 0);
    int number = asked == 0 ? all.size() : asked;
    if (number > all.size()) {
      throw Refusal.absent();
    }
    Version version = all.get(number - 1);
    JsonObject answer =
        new JsonObject().put("data", version.data).put("metadata", version.metadata(number));
    return version.deleted == null ? VaultReply.of(answer) : VaultReply.of(404, answer);
  }

  private VaultReply delete(Call call) {
    values.computeIfPresent(call.name("path"), (path, all) -> withoutLast(all));
    return VaultReply.noContent();
  }

  private static List<Version> withoutLast(List<Version> all) {
    List<Version> less = new ArrayList<>(all);
    less.add(new Version(null, less.removeLast().created, Instant.now()));
    return List.copyOf(less);
  }

  private VaultReply metadata(Call call) {
    List<Version> all = versions(call);
    JsonObject numbered = new JsonObject();
    for (int i = 1; i <= all.size(); i++) {
      JsonObject metadata = all.get(i - 1).metadata(i);
      metadata.remove("version");
      metadata.remove("custom_metadata");
      numbered.put(String.valueOf(i), metadata);
    }
    return VaultReply.of(
        new JsonObject()
            .put("cas_required", false)
            .put("created_time", all.getFirst().created.toString())
            .put("current_version", all.size())
            .put("custom_metadata", null)
            .put("delete_version_after", "0s")
            .put("max_versions", 0)
            .put("oldest_version", 0)
            .put("updated_time", all.getLast().created.toString())
            .put("versions", numbered));
  }

  private VaultReply list(Call call) {
    return VaultReply.keys(Keys.below(call.name("path"), List.copyOf(values.keySet())));
  }

  private VaultReply forget(Call call) {
    values.remove(call.name("path"));
    return VaultReply.noContent();
  }

  private List<Version> versions(Call call) {
    return Optional.ofNullable(values.get(call.name("path"))).orElseThrow(Refusal::absent);
  }
}
