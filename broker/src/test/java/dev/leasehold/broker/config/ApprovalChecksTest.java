package dev.leasehold.broker.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.leasehold.broker.approval.ApprovalConfig;
import dev.leasehold.broker.approval.ApproverRule;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Whoever may answer is a human, and there is somebody to be asked. */
class ApprovalChecksTest {
  private static final String GROUPS =
      "approvals: {listen: \"127.0.0.1:15082\", groups: {ops: [{uid: 2001}]}}\n";
  private static final String ASKS =
      "policy: {rules: [{name: ask, effect: require-approval, when: {kinds: [restock]}, approvers:"
          + " ops}]}\n";

  private static void refused(String yaml, String place, String why) {
    List<String> errors = Sample.errors(Sample.text() + yaml);
    assertEquals(1, errors.size(), errors.toString());
    assertTrue(errors.getFirst().startsWith(place), errors.getFirst());
    assertTrue(errors.getFirst().contains(why), errors.getFirst());
  }

  @Test
  void everyWayOfBeingKnownIsRead() {
    // When
    ApprovalConfig config =
        Sample.loaded(
                Sample.text()
                    + ASKS
                    + GROUPS.replace(
                        "{uid: 2001}",
                        "{uid: 2001}, {svid: \"spiffe://example.org/anna\"}, {oidc: {issuer:"
                            + " \"https://id\", audience: a, claim: c, values: [v], keys:"
                            + " file:/k}}"))
            .approvals()
            .orElseThrow();

    // Then
    List<ApproverRule> ops = List.copyOf(config.groups().get("ops"));
    assertEquals(3, ops.size());
    assertEquals(new ApproverRule.Uid(2001), ops.getFirst());
    assertEquals(15082, config.address().orElseThrow().getPort());
  }

  @Test
  void anIssuerWhoseKeysAreToBeFoundIsAskedInPrivate() {
    String oidc = "{oidc: {issuer: \"%s\", audience: a, claim: c, values: [v]}}";
    for (String good : new String[] {"https://id.example.org/realm", "http://127.0.0.1:8080"}) {
      assertTrue(
          Sample.loaded(Sample.text() + ASKS + GROUPS.replace("{uid: 2001}", oidc.formatted(good)))
              .approvals()
              .isPresent());
    }
    for (String bad :
        new String[] {
          "http://id.example.org",
          "https://id.example.org?a=b",
          "https://a@id.example.org",
          "id.example.org",
          "file:/etc/passwd",
          "https://a b"
        }) {
      refused(
          ASKS + GROUPS.replace("{uid: 2001}", oidc.formatted(bad)),
          "approvals.groups.ops[0].oidc.issuer",
          "https");
    }
  }

  @Test
  void whoAsksOrServesAnswersNothing() {
    refused(
        ASKS + GROUPS.replace("2001", "1001"), "approvals.groups.ops[0].uid", "control.callers");
    refused(
        ASKS + GROUPS.replace("2001", "" + FakeMachine.OWN_UID),
        "approvals.groups.ops[0].uid",
        "the sidecar's own");
    refused(
        ASKS + GROUPS.replace("{uid: 2001}", "{svid: \"spiffe://example.org/agent/buyer\"}"),
        "approvals.groups.ops[0].svid",
        "agents approve nothing");
  }

  @Test
  void whoeverMayBeGivenAChildApprovesNothing() {
    String delegating =
        Sample.with(
            "    max-open:", "    delegation: {to: [\"spiffe://example.org/*\"]}\n    max-open:");
    assertTrue(
        Sample.errors(
                delegating
                    + ASKS
                    + GROUPS.replace("{uid: 2001}", "{svid: \"spiffe://example.org/anna\"}"))
            .stream()
            .anyMatch(error -> error.contains("agents approve nothing")));
  }

  @Test
  void listenerIsOfThisMachineAndOfItsOwn() {
    refused(ASKS + GROUPS.replace("127.0.0.1", "10.0.0.1"), "approvals.listen", "loopback");
    refused(ASKS + GROUPS.replace("15082", "15080"), "approvals.listen", "same address");
  }

  @Test
  void ruleNamesAGroupThatThereIs() {
    refused(
        ASKS.replace("ops", "opps") + GROUPS,
        "policy.rules[0].approvers",
        "there is no approvals.groups.opps; did you mean ops?");
    refused(ASKS, "policy.rules[0].approvers", "there is no approvals.groups.ops");
    assertTrue(
        Sample.warnings(Sample.text() + ASKS.replace(", approvers: ops", "")).stream()
            .anyMatch(warning -> warning.contains("nobody can be asked")));
  }
}
