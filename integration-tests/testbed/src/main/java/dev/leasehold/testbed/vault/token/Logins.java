package dev.leasehold.testbed.vault.token;

import dev.leasehold.testbed.vault.wire.Fields;
import dev.leasehold.testbed.vault.wire.Refusal;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** What auth methods share: the token settings of their roles, and tokens for who has proven it. */
public final class Logins {
  /**
   * Who logged in.
   *
   * @param mount such as {@code auth/cert/}
   * @param alias the name that the entity is kept under
   * @param name becomes the display name, after the mount's
   */
  public record Proven(
      String mount,
      String alias,
      String name,
      Map<String, String> meta,
      Map<String, String> proof) {}

  /** The {@code token_…} fields of an auth role. */
  public record Settings(
      List<String> policies,
      boolean noDefault,
      Duration ttl,
      Duration maxTtl,
      Duration explicitMax,
      String type) {

    public static Settings of(Fields fields) {
      return new Settings(
          fields.list(fields.has("token_policies") ? "token_policies" : "policies"),
          fields.flag("token_no_default_policy", false),
          fields.duration("token_ttl").orElse(Duration.ZERO),
          fields.duration("token_max_ttl").orElse(Duration.ZERO),
          fields.duration("token_explicit_max_ttl").orElse(Duration.ZERO),
          type(fields.text("token_type", "default")));
    }

    private static String type(String type) {
      return switch (type) {
        case "service", "default" -> type;
        case "default-service" -> "service";
        default ->
            throw Refusal.badRequest("this stand-in has service tokens only, not \"" + type + "\"");
      };
    }

    public JsonObject read() {
      return new JsonObject()
          .put("token_bound_cidrs", new JsonArray())
          .put("token_explicit_max_ttl", explicitMax.toSeconds())
          .put("token_max_ttl", maxTtl.toSeconds())
          .put("token_no_default_policy", noDefault)
          .put("token_num_uses", 0)
          .put("token_period", 0)
          .put("token_policies", new JsonArray(policies))
          .put("token_ttl", ttl.toSeconds())
          .put("token_type", type);
    }
  }

  private final Tokens tokens;
  private final ConcurrentMap<String, String> entities = new ConcurrentHashMap<>();

  public Logins(Tokens tokens) {
    this.tokens = tokens;
  }

  /** The token for a login; always an orphan. */
  public Token issue(Proven who, Settings settings) {
    if (who.alias().isEmpty()) {
      throw new Refusal(500, List.of("missing name in alias"));
    }
    String entity =
        entities.computeIfAbsent(who.mount() + who.alias(), alias -> UUID.randomUUID().toString());
    List<String> policies = new ArrayList<>(settings.policies());
    if (!settings.noDefault()) {
      policies.add("default");
    }
    Duration ttl = settings.ttl().isZero() ? Life.SYSTEM : settings.ttl();
    for (Duration cap : List.of(settings.maxTtl(), settings.explicitMax())) {
      ttl = !cap.isZero() && cap.compareTo(ttl) < 0 ? cap : ttl;
    }
    String mount = who.mount().substring("auth/".length(), who.mount().length() - 1);
    return tokens.create(
        new TokenSpec(
            null,
            who.mount() + "login",
            mount.replace('/', '-') + "-" + who.name(),
            policies,
            who.meta(),
            ttl,
            settings.explicitMax(),
            Duration.ZERO,
            0,
            true,
            "",
            entity,
            who.proof()));
  }
}
