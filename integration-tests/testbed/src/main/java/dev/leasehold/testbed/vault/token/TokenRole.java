package dev.leasehold.testbed.vault.token;

import dev.leasehold.testbed.vault.wire.Fields;
import dev.leasehold.testbed.vault.wire.Globs;
import dev.leasehold.testbed.vault.wire.Refusal;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A token role: the bounds of every token made through it. */
public record TokenRole(
    String name,
    List<String> allowedPolicies,
    List<String> allowedGlobs,
    boolean orphan,
    boolean renewable,
    Duration explicitMax,
    Duration period,
    int uses,
    boolean noDefaultPolicy,
    String type) {

  private static final TokenRole FRESH =
      new TokenRole(
          "",
          List.of(),
          List.of(),
          false,
          true,
          Duration.ZERO,
          Duration.ZERO,
          0,
          false,
          "default-service");

  /** The role named, with the given fields over what it had before. */
  public static TokenRole written(String name, @Nullable TokenRole had, Fields f) {
    TokenRole old = had == null ? FRESH : had;
    String type = f.text("token_type", old.type);
    if (!List.of("service", "default-service", "default").contains(type)) {
      throw Refusal.badRequest("invalid 'token_type' value \"" + type + "\"");
    }
    return new TokenRole(
        name,
        f.has("allowed_policies") ? sorted(f.list("allowed_policies")) : old.allowedPolicies,
        f.has("allowed_policies_glob") ? f.list("allowed_policies_glob") : old.allowedGlobs,
        f.flag("orphan", old.orphan),
        f.flag("renewable", old.renewable),
        f.duration("token_explicit_max_ttl")
            .or(() -> f.duration("explicit_max_ttl"))
            .orElse(old.explicitMax),
        f.duration("token_period").or(() -> f.duration("period")).orElse(old.period),
        f.number("token_num_uses", old.uses),
        f.flag("token_no_default_policy", old.noDefaultPolicy),
        type.equals("default") ? "default-service" : type);
  }

  public JsonObject read() {
    JsonObject role =
        new JsonObject()
            .put("allowed_entity_aliases", null)
            .put("allowed_policies", new JsonArray(allowedPolicies))
            .put("allowed_policies_glob", new JsonArray(allowedGlobs))
            .put("disallowed_policies", new JsonArray())
            .put("disallowed_policies_glob", new JsonArray())
            .put("explicit_max_ttl", 0)
            .put("name", name)
            .put("orphan", orphan)
            .put("path_suffix", "")
            .put("period", 0)
            .put("renewable", renewable)
            .put("token_explicit_max_ttl", explicitMax.toSeconds())
            .put("token_no_default_policy", noDefaultPolicy)
            .put("token_period", period.toSeconds())
            .put("token_type", type);
    return uses == 0 ? role : role.put("token_num_uses", uses);
  }

  /** The policies of a token made through this role; too wide a wish is refused. */
  public List<String> policies(List<String> wanted) {
    boolean bounded = !allowedPolicies.isEmpty() || !allowedGlobs.isEmpty();
    List<String> chosen = new ArrayList<>(wanted.isEmpty() ? allowedPolicies : wanted);
    if (!noDefaultPolicy && !chosen.contains("default")) {
      chosen.add("default");
    }
    if (bounded && !chosen.stream().allMatch(this::allows)) {
      throw Refusal.badRequest(
          "token policies (%s) must be subset of the role's allowed policies (%s) or glob policies (%s)"
              .formatted(quoted(sorted(chosen)), quoted(allowedPolicies), quoted(allowedGlobs)));
    }
    return chosen;
  }

  private boolean allows(String policy) {
    return allowedPolicies.contains(policy)
        || (policy.equals("default") && !noDefaultPolicy)
        || allowedGlobs.stream().anyMatch(glob -> Globs.edges(glob, policy));
  }

  private static List<String> sorted(List<String> names) {
    return names.stream().distinct().sorted().toList();
  }

  private static String quoted(List<String> names) {
    return names.stream()
        .map(name -> "\"" + name + "\"")
        .collect(Collectors.joining(" ", "[", "]"));
  }
}
