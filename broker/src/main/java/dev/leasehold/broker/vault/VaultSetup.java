package dev.leasehold.broker.vault;

import dev.leasehold.broker.identity.IdentitySnapshot;
import dev.leasehold.broker.secret.SecretStoreException;
import dev.leasehold.broker.secret.SecretStoreException.Kind;
import dev.leasehold.broker.secret.SecretValue;
import io.github.jopenlibs.vault.json.Json;
import io.github.jopenlibs.vault.json.JsonArray;
import io.github.jopenlibs.vault.json.JsonObject;
import io.github.jopenlibs.vault.json.JsonValue;
import java.io.PrintStream;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** {@code leasehold vault plan|apply|diff}: what Vault must know of this sidecar, and no more. */
public final class VaultSetup {
  private final VaultNeeds needs;
  private final VaultConfig config;
  private final List<PlanItem> items;

  public VaultSetup(VaultNeeds needs, VaultConfig config) {
    this.needs = needs;
    this.config = config;
    this.items = VaultPlan.of(needs);
  }

  /** Prints policies as HCL and the {@code vault} commands that write all; asks nobody. */
  public void plan(PrintStream out) {
    PlanPrinter.print(needs, items, out);
  }

  /**
   * Writes all with an admin token, over TLS that proves Vault by the configured trust.
   *
   * @param bundlePem X.509 authorities for cert login; without it those of {@code identity}
   * @param identity needed without {@code bundlePem}, and where Vault is known by its SPIFFE ID
   */
  public void apply(
      PrintStream out,
      SecretValue adminToken,
      Optional<String> bundlePem,
      Optional<IdentitySnapshot> identity)
      throws SecretStoreException {
    Set<X509Certificate> authorities = authorities(bundlePem, identity);
    try (VaultClient client = connect(identity)) {
      for (PlanItem item : items) {
        JsonObject body =
            switch (item) {
              case PlanItem.Policy policy ->
                  new JsonObject().add("policy", PathRule.hcl(policy.rules()));
              case PlanItem.Role role -> body(role, authorities);
            };
        VaultRequest request = VaultRequest.post(Operation.SETUP, item.path(), adminToken, body);
        switch (client.attempt(request)) {
          case Attempt.Answered answered -> out.println("wrote " + item.title());
          case Attempt.Failed(Refusal refusal) -> throw refusal.error();
          case Attempt.Refused(Refusal refusal, VaultAnswer answer) ->
              throw explained(item, "write", answer, refusal.error());
        }
      }
    }
  }

  /**
   * Prints what is missing, different or wider than needed; true when nothing is. Parameters as in
   * {@link #apply}.
   */
  public boolean diff(
      PrintStream out,
      SecretValue adminToken,
      Optional<String> bundlePem,
      Optional<IdentitySnapshot> identity)
      throws SecretStoreException {
    Set<X509Certificate> authorities = authorities(bundlePem, identity);
    boolean equal = true;
    try (VaultClient client = connect(identity)) {
      for (PlanItem item : items) {
        for (PlanDiff.Difference difference : differences(client, item, adminToken, authorities)) {
          equal = false;
          out.println(
              difference.sort().name().toLowerCase(Locale.ROOT)
                  + ": "
                  + item.title()
                  + " "
                  + difference.words());
        }
      }
    }
    if (equal) {
      out.println("equal: Vault holds what this configuration needs, and no more");
    }
    return equal;
  }

  private static List<PlanDiff.Difference> differences(
      VaultClient client, PlanItem item, SecretValue adminToken, Set<X509Certificate> authorities)
      throws SecretStoreException {
    VaultRequest request = VaultRequest.get(Operation.SETUP, item.path(), adminToken);
    return switch (client.attempt(request)) {
      case Attempt.Failed(Refusal refusal) -> throw refusal.error();
      case Attempt.Refused(Refusal refusal, VaultAnswer answer) -> {
        if (answer.status() != 404) {
          throw explained(item, "read", answer, refusal.error());
        }
        yield List.of(new PlanDiff.Difference(PlanDiff.Sort.MISSING, "is not there"));
      }
      case Attempt.Answered(VaultAnswer answer) -> {
        JsonObject data = answer.object("data").orElseGet(JsonObject::new);
        yield switch (item) {
          case PlanItem.Policy policy -> PlanDiff.policy(policy, data.getString("policy", ""));
          case PlanItem.Role role -> PlanDiff.role(role, data, authorities);
        };
      }
    };
  }

  private VaultClient connect(Optional<IdentitySnapshot> identity) throws SecretStoreException {
    VaultLink link = VaultLink.openAnonymous(config, identity);
    VaultClient client = new VaultClient(config, VaultMeter.NONE);
    client.use(link);
    return client;
  }

  private Set<X509Certificate> authorities(
      Optional<String> bundlePem, Optional<IdentitySnapshot> identity) throws SecretStoreException {
    if (config.login().method() != VaultConfig.Method.CERT) {
      return Set.of();
    }
    Optional<Set<X509Certificate>> authorities =
        bundlePem.isPresent()
            ? Bundle.parse(bundlePem.get())
            : identity.map(IdentitySnapshot::authorities).filter(set -> !set.isEmpty());
    return authorities.orElseThrow(
        () ->
            new SecretStoreException(
                Kind.INVALID,
                bundlePem.isPresent()
                    ? "the bundle is not a list of PEM certificates"
                    : "no trust bundle: give one, or reach the Workload API"));
  }

  private static JsonObject body(PlanItem.Role role, Set<X509Certificate> authorities)
      throws SecretStoreException {
    JsonObject body = new JsonObject();
    for (var entry : role.fields().entrySet()) {
      JsonValue value =
          switch (entry.getValue()) {
            case PlanItem.Field.Names(List<String> values) -> array(values);
            case PlanItem.Field.Flag(boolean flag, boolean otherIsWider) -> Json.value(flag);
            case PlanItem.Field.Bound(var bound) -> Json.value(bound.toSeconds());
            case PlanItem.Field.Zero zero -> Json.value(0);
            case PlanItem.Field.Word(String word) -> Json.value(word);
            case PlanItem.Field.Authorities certificate -> Json.value(pem(authorities));
          };
      body.add(entry.getKey(), value);
    }
    return body;
  }

  private static JsonArray array(List<String> values) {
    JsonArray array = new JsonArray();
    values.forEach(array::add);
    return array;
  }

  private static String pem(Set<X509Certificate> authorities) throws SecretStoreException {
    try {
      return Bundle.pem(authorities);
    } catch (CertificateException unusable) {
      throw new SecretStoreException(
          Kind.INVALID, "the bundle holds a certificate without an encoding", null, unusable);
    }
  }

  private static SecretStoreException explained(
      PlanItem item, String doing, VaultAnswer answer, SecretStoreException refused) {
    String hint =
        switch (answer.status()) {
          case 403 ->
              "; the admin token needs capability "
                  + (doing.equals("read") ? "read" : "create and update")
                  + " on "
                  + item.path();
          case 404 -> "; is the auth method enabled there? leasehold vault plan says how";
          default -> "";
        };
    return new SecretStoreException(
        refused.kind(),
        "could not " + doing + " " + item.title() + ": " + refused.getMessage() + hint,
        refused.retryAfter().orElse(null),
        refused);
  }
}
