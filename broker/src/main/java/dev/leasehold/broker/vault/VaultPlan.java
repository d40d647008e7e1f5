package dev.leasehold.broker.vault;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Derives the least that Vault must allow one sidecar: three levels of tokens, each with literal
 * paths, none with a glob of policies.
 *
 * <p>The role, not the parent's policy, bounds a child token, so every role names its policies, has
 * no default policy, makes no orphans (they would survive the login) and caps the life itself (a
 * cap given at creation is lost at the first renewal).
 */
final class VaultPlan {
  private static final String RENEW = "sys/leases/renew";
  private static final String REVOKE = "sys/leases/revoke";
  private static final String LOOKUP = "sys/leases/lookup";

  private VaultPlan() {}

  /** The same items in the same order for the same needs. */
  static List<PlanItem> of(VaultNeeds needs) {
    List<PlanItem> items = new ArrayList<>();
    SortedMap<String, VaultNeeds.Credential> credentials = new TreeMap<>();
    needs.credentials().forEach(credential -> credentials.put(credential.name(), credential));
    SortedMap<String, VaultNeeds.Kind> roles = byRole(needs.kinds());

    items.add(loginPolicy(needs, credentials.values().stream().toList()));
    items.add(heartbeatPolicy(needs, roles));
    credentials.values().forEach(credential -> items.add(credentialPolicy(credential)));
    items.add(heartbeatRole(needs));
    roles.values().forEach(kind -> items.add(kindRole(kind)));
    items.add(authRole(needs));
    return List.copyOf(items);
  }

  /** Kinds that share a token role are bounded by the sum of what each may. */
  private static SortedMap<String, VaultNeeds.Kind> byRole(List<VaultNeeds.Kind> kinds) {
    SortedMap<String, VaultNeeds.Kind> roles = new TreeMap<>();
    for (VaultNeeds.Kind kind : kinds) {
      if (!kind.credentials().isEmpty()) {
        roles.merge(
            kind.role(),
            kind,
            (a, b) -> {
              SortedSet<String> both = new TreeSet<>(a.credentials());
              both.addAll(b.credentials());
              Duration longer = a.ttl().compareTo(b.ttl()) >= 0 ? a.ttl() : b.ttl();
              return new VaultNeeds.Kind(a.role(), longer, both);
            });
      }
    }
    return roles;
  }

  private static PlanItem loginPolicy(VaultNeeds needs, List<VaultNeeds.Credential> credentials) {
    List<PathRule> rules = new ArrayList<>();
    rules.add(PathRule.allow("auth/token/create/" + needs.heartbeat().role(), "update"));
    rules.add(PathRule.allow("auth/token/lookup-accessor", "update"));
    rules.add(PathRule.allow("auth/token/lookup-self", "read"));
    rules.add(PathRule.allow("auth/token/revoke-accessor", "update"));
    rules.add(PathRule.allow("auth/token/revoke-self", "update"));
    List<String> leases =
        credentials.stream()
            .filter(VaultNeeds.Credential::leased)
            .map(VaultPlan::leasesOf)
            .toList();
    if (!leases.isEmpty()) {
      rules.add(PathRule.allow(REVOKE, "update", Map.of("lease_id", leases, "sync", List.of())));
      rules.add(PathRule.allow(LOOKUP, "update", Map.of("lease_id", leases)));
    }
    if (!needs.intermediates().isEmpty()) {
      rules.add(Intermediate.rule(needs.intermediates()));
    }
    return new PlanItem.Policy(needs.login().policy(), rules);
  }

  private static PlanItem heartbeatPolicy(
      VaultNeeds needs, SortedMap<String, VaultNeeds.Kind> roles) {
    List<PathRule> rules = new ArrayList<>();
    roles
        .keySet()
        .forEach(role -> rules.add(PathRule.allow("auth/token/create/" + role, "update")));
    rules.add(PathRule.allow("auth/token/renew-self", "update"));
    rules.add(PathRule.allow("auth/token/revoke-self", "update"));
    return new PlanItem.Policy(needs.heartbeat().policy(), rules);
  }

  private static PlanItem credentialPolicy(VaultNeeds.Credential credential) {
    List<PathRule> rules = new ArrayList<>();
    String path = credential.path().path();
    rules.add(
        switch (credential.path().verb()) {
          case READ -> PathRule.allow(path, "read");
          case WRITE -> {
            // Exactly the body of the configuration: no other lifetime, name or scope.
            Map<String, List<String>> body = new TreeMap<>();
            credential.path().data().forEach((name, value) -> body.put(name, List.of(value)));
            yield PathRule.allow(path, "update", body);
          }
        });
    if (credential.leased()) {
      rules.add(
          PathRule.allow(
              RENEW,
              "update",
              Map.of("lease_id", List.of(leasesOf(credential)), "increment", List.of())));
    }
    return new PlanItem.Policy(credential.policy(), rules);
  }

  private static String leasesOf(VaultNeeds.Credential credential) {
    return credential.path().path() + "/*";
  }

  private static PlanItem heartbeatRole(VaultNeeds needs) {
    return tokenRole(
        needs.heartbeat().role(),
        List.of(needs.heartbeat().policy()),
        new PlanItem.Field.Flag(true, false),
        needs.login().ttl());
  }

  private static PlanItem kindRole(VaultNeeds.Kind kind) {
    return tokenRole(
        kind.role(),
        kind.credentials().stream().map(VaultNeeds::policyOf).toList(),
        new PlanItem.Field.Flag(false, true),
        kind.ttl().plus(GenerationRules.SLACK));
  }

  private static PlanItem tokenRole(
      String role, List<String> policies, PlanItem.Field.Flag renewable, Duration longest) {
    Map<String, PlanItem.Field> fields = new LinkedHashMap<>();
    fields.put("allowed_policies", new PlanItem.Field.Names(policies));
    fields.put("allowed_policies_glob", new PlanItem.Field.Names(List.of()));
    fields.put("allowed_entity_aliases", new PlanItem.Field.Names(List.of()));
    fields.put("orphan", new PlanItem.Field.Flag(false, true));
    fields.put("renewable", renewable);
    fields.put("token_explicit_max_ttl", new PlanItem.Field.Bound(longest));
    fields.put("token_no_default_policy", new PlanItem.Field.Flag(true, true));
    fields.put("token_num_uses", new PlanItem.Field.Zero());
    fields.put("token_period", new PlanItem.Field.Zero());
    fields.put("token_type", new PlanItem.Field.Word("service"));
    return new PlanItem.Role("token role " + role, "auth/token/roles/" + role, fields);
  }

  private static PlanItem authRole(VaultNeeds needs) {
    VaultConfig.Login login = needs.login();
    Map<String, PlanItem.Field> fields = new LinkedHashMap<>();
    String folder =
        switch (login.method()) {
          case CERT -> {
            fields.put("certificate", new PlanItem.Field.Authorities());
            fields.put("allowed_uri_sans", new PlanItem.Field.Names(List.of(needs.spiffeId())));
            yield "/certs/";
          }
          case JWT -> {
            fields.put("role_type", new PlanItem.Field.Word("jwt"));
            fields.put("user_claim", new PlanItem.Field.Word("sub"));
            fields.put("bound_subject", new PlanItem.Field.Word(needs.spiffeId()));
            fields.put(
                "bound_audiences",
                new PlanItem.Field.Names(List.of(login.audience().orElseThrow())));
            fields.put("expiration_leeway", new PlanItem.Field.Bound(Duration.ofSeconds(30)));
            yield "/role/";
          }
        };
    fields.put("token_policies", new PlanItem.Field.Names(List.of(login.policy())));
    fields.put("token_no_default_policy", new PlanItem.Field.Flag(true, true));
    fields.put("token_ttl", new PlanItem.Field.Bound(login.ttl()));
    fields.put("token_max_ttl", new PlanItem.Field.Bound(login.ttl()));
    fields.put("token_num_uses", new PlanItem.Field.Zero());
    fields.put("token_period", new PlanItem.Field.Zero());
    fields.put("token_type", new PlanItem.Field.Word("service"));
    return new PlanItem.Role(
        "auth role " + login.role(), login.mount() + folder + login.role(), fields);
  }
}
