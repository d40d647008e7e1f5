package dev.leasehold.testbed.vault.policy;

import dev.leasehold.testbed.vault.wire.Refusal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.stream.Stream;

/** The policies by name. {@code root} has no text and allows everything. Thread-safe. */
public final class Policies {
  private static final String DEFAULT =
      """
      path "auth/token/lookup-self" { capabilities = ["read"] }
      path "auth/token/renew-self" { capabilities = ["update"] }
      path "auth/token/revoke-self" { capabilities = ["update"] }
      path "sys/capabilities-self" { capabilities = ["update"] }
      path "sys/renew" { capabilities = ["update"] }
      path "sys/leases/renew" { capabilities = ["update"] }
      path "sys/leases/lookup" { capabilities = ["update"] }
      path "cubbyhole/*" { capabilities = ["create", "read", "update", "delete", "list"] }
      """;

  private record Policy(String text, List<PathRule> rules) {}

  private final ConcurrentMap<String, Policy> policies = new ConcurrentHashMap<>();

  public Policies() {
    put("default", DEFAULT);
  }

  /** Writes a policy; one that cannot be read is refused with 400. */
  public void put(String name, String text) {
    if (name.equals("root")) {
      throw Refusal.badRequest("cannot update \"root\" policy");
    }
    if (text.isEmpty()) {
      throw Refusal.badRequest("'policy' parameter not supplied or empty");
    }
    policies.put(name.toLowerCase(Locale.ROOT), new Policy(text, PolicyText.parse(text)));
  }

  public void remove(String name) {
    if (name.equals("root") || name.equals("default")) {
      throw Refusal.badRequest("cannot delete \"" + name + "\" policy");
    }
    policies.remove(name.toLowerCase(Locale.ROOT));
  }

  public Optional<String> text(String name) {
    return name.equals("root")
        ? Optional.of("")
        : Optional.ofNullable(policies.get(name.toLowerCase(Locale.ROOT))).map(Policy::text);
  }

  public List<String> names() {
    return Stream.concat(policies.keySet().stream(), Stream.of("root")).sorted().toList();
  }

  /** What a token with these policies may do now; a name without a policy grants nothing. */
  public Acl acl(List<String> names) {
    if (names.contains("root")) {
      return Acl.root();
    }
    Map<String, Policy> now = Map.copyOf(policies);
    List<PathRule> rules = new ArrayList<>();
    names.stream()
        .map(now::get)
        .filter(java.util.Objects::nonNull)
        .forEach(policy -> rules.addAll(policy.rules()));
    return Acl.of(rules);
  }
}
