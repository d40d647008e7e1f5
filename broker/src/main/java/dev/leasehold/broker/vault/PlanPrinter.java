package dev.leasehold.broker.vault;

import java.io.PrintStream;
import java.util.List;

/** A plan as commands that a person can read, and run with the {@code vault} program. */
final class PlanPrinter {
  private PlanPrinter() {}

  static void print(VaultNeeds needs, List<PlanItem> items, PrintStream out) {
    out.println("# What Vault must hold for " + needs.spiffeId() + ".");
    out.println("# leasehold vault apply writes the same with an admin token.");
    switch (needs.login().method()) {
      case CERT -> printCertMount(needs.login(), out);
      case JWT -> printJwtMount(needs.login(), out);
    }
    for (PlanItem item : items) {
      out.println();
      switch (item) {
        case PlanItem.Policy policy -> {
          out.println("vault policy write " + policy.name() + " - <<'HCL'");
          out.print(PathRule.hcl(policy.rules()));
          out.println("HCL");
        }
        case PlanItem.Role role -> {
          out.print("vault write " + role.path());
          role.fields()
              .forEach((name, field) -> out.print(" \\\n  " + name + "=" + argument(field)));
          out.println();
        }
      }
    }
  }

  private static void printCertMount(VaultConfig.Login login, PrintStream out) {
    out.println("#");
    out.println("# Once, if it is not there:");
    out.println("#   vault auth enable -path=" + mountName(login) + " cert");
    out.println("# bundle.pem: the trust domain's X.509 authorities (spire-server bundle show);");
    out.println("# write the auth role again whenever they change.");
  }

  private static void printJwtMount(VaultConfig.Login login, PrintStream out) {
    String name = mountName(login);
    out.println("#");
    out.println("# Once, if it is not there:");
    out.println("#   vault auth enable -path=" + name + " jwt");
    out.println("# and one source of the trust domain's JWT keys, which this plan cannot know:");
    out.println("#   vault write auth/" + name + "/config jwt_validation_pubkeys=@jwt-keys.pem");
    out.println("#   vault write auth/" + name + "/config oidc_discovery_url=https://…");
    out.println("#   vault write auth/" + name + "/config jwks_url=https://…/keys");
  }

  static String mountName(VaultConfig.Login login) {
    String mount = login.mount();
    return mount.startsWith("auth/") ? mount.substring("auth/".length()) : mount;
  }

  private static String argument(PlanItem.Field field) {
    return switch (field) {
      case PlanItem.Field.Names(List<String> values) -> quoted(String.join(",", values));
      case PlanItem.Field.Flag(boolean value, boolean otherIsWider) -> Boolean.toString(value);
      case PlanItem.Field.Bound(var value) -> Long.toString(value.toSeconds());
      case PlanItem.Field.Zero zero -> "0";
      case PlanItem.Field.Word(String value) -> quoted(value);
      case PlanItem.Field.Authorities authorities -> "@bundle.pem";
    };
  }

  private static String quoted(String text) {
    return text.matches("[A-Za-z0-9_./:,@-]+") ? text : "'" + text.replace("'", "'\\''") + "'";
  }
}
