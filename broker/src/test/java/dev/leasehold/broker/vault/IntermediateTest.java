package dev.leasehold.broker.vault;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a login may have signed: the configured hosts, and nothing beyond them. */
final class IntermediateTest {
  private static final SigningConfig BY =
      new SigningConfig("pki/root/sign-intermediate", Duration.ofDays(30));
  private static final Intermediate NAMES =
      new Intermediate(
          BY, List.of("a.example", "b.example"), List.of(), List.of("0.0.0.0/0", "::/0"));
  private static final Intermediate ADDRESS =
      new Intermediate(BY, List.of("leasehold.invalid"), List.of("10.1.2.3/32"), List.of("::/0"));

  private static PlanItem.Policy login(Intermediate... all) {
    VaultNeeds needs =
        new VaultNeeds(
            "spiffe://example.org/leasehold",
            new VaultConfig.Login(
                VaultConfig.Method.CERT,
                "auth/cert",
                "leasehold",
                Optional.empty(),
                Duration.ofHours(2)),
            new VaultConfig.Heartbeat("leasehold-heartbeat", Duration.ofSeconds(90)),
            List.of(),
            List.of(),
            List.of(all));
    return (PlanItem.Policy) VaultPlan.of(needs).getFirst();
  }

  private static String hcl(Intermediate... all) {
    return PathRule.hcl(login(all).rules());
  }

  @Test
  void policyOfTheLoginAllowsExactlyTheConfiguredHosts() {
    assertTrue(
        hcl(NAMES)
            .endsWith(
                """
                path "pki/root/sign-intermediate" {
                  capabilities = ["update"]
                  allowed_parameters = {
                    "common_name" = ["Leasehold interception *"]
                    "csr" = []
                    "exclude_cn_from_sans" = ["true"]
                    "excluded_ip_ranges" = ["0.0.0.0/0,::/0"]
                    "max_path_length" = ["0"]
                    "organization" = ["Leasehold"]
                    "permitted_dns_domains" = ["a.example,b.example"]
                    "ttl" = ["2592000s"]
                    "use_csr_values" = ["false"]
                  }
                  required_parameters = ["exclude_cn_from_sans", "excluded_ip_ranges", \
                "max_path_length", "organization", "permitted_dns_domains", "ttl", \
                "use_csr_values"]
                }
                """),
        hcl(NAMES));
  }

  @Test
  void severalHaveTheirValuesBesideOneAnother() {
    String hcl = hcl(NAMES, ADDRESS);
    assertTrue(
        hcl.contains(
            "\"permitted_dns_domains\" = [\"a.example,b.example\", \"leasehold.invalid\"]"),
        hcl);
    assertTrue(hcl.contains("\"permitted_ip_ranges\" = [\"10.1.2.3/32\"]"), hcl);
    assertTrue(hcl.contains("\"excluded_ip_ranges\" = [\"0.0.0.0/0,::/0\", \"::/0\"]"), hcl);
  }

  @Test
  void withoutSigningTheLoginMaySignNothing() {
    assertTrue(!hcl().contains("sign"), hcl());
  }

  @Test
  void policyThatRequiresLessIsWider() {
    String required = "  required_parameters = ";
    String free =
        hcl(NAMES)
            .lines()
            .filter(line -> !line.startsWith(required))
            .reduce("", (text, line) -> text + line + "\n");
    List<PlanDiff.Difference> found = PlanDiff.policy(login(NAMES), free);
    assertEquals(1, found.size(), found.toString());
    assertEquals(PlanDiff.Sort.WIDER, found.getFirst().sort());
    assertTrue(found.getFirst().words().contains("permitted_dns_domains"), found.toString());
    assertEquals(
        List.of(), PlanDiff.policy(login(NAMES), hcl(NAMES).replace("\n\n", "\n# the same\n")));
  }

  @Test
  void policyOfOtherHostsLacksAndAllowsMore() {
    List<PlanDiff.Difference> found =
        PlanDiff.policy(login(NAMES), hcl(NAMES).replace("a.example,", "a.example,c.example,"));
    assertEquals(
        List.of(PlanDiff.Sort.MISSING, PlanDiff.Sort.WIDER),
        found.stream().map(PlanDiff.Difference::sort).toList());
  }
}
