package dev.leasehold.broker;

import dev.leasehold.broker.audit.ChainVerifier;
import dev.leasehold.broker.audit.ChainVerifier.Finding;
import dev.leasehold.broker.audit.PastDecision;
import dev.leasehold.broker.config.PolicyCase;
import dev.leasehold.broker.policy.Action;
import dev.leasehold.broker.policy.Effect;
import dev.leasehold.broker.policy.Explanation;
import dev.leasehold.broker.task.AgentProof;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Decides the calls of an audit log anew, by another configuration. What the log does not hold
 * (labels, intents, counts) is taken as absent, and signals as the configuration's.
 */
final class PolicyReplay {
  private static final String ASKED = "approval-required";

  /** Why a call was refused, where policy had a say in it. */
  private static final Set<String> OF_POLICY =
      Set.of("rule-denied", "destination-not-allowed", ASKED);

  private final PolicyTrial trial;
  private final Map<String, long[]> changes = new TreeMap<>();
  private long decided;
  private long skipped;
  private long changed;

  PolicyReplay(PolicyTrial trial) {
    this.trial = trial;
  }

  /** Blocks on the file. */
  int run(Path file, Console console) {
    try {
      if (ChainVerifier.verify(file) instanceof Finding.Broken(long line, String why)) {
        console.complain(file + ":" + line + ": " + why + "; nothing of it can be believed");
        return ExitStatus.NO;
      }
      PastDecision.read(file, this::take);
    } catch (IOException unreadable) {
      console.complain("cannot read " + file + ": " + unreadable.getClass().getSimpleName());
      return ExitStatus.NO_INPUT;
    }
    changes.forEach(
        (what, count) ->
            console.out().println(count[0] + " × " + what + " (first: seq " + count[1] + ")"));
    console
        .out()
        .println(
            decided
                + " decisions were made anew, "
                + changed
                + " would be others; "
                + skipped
                + " were not the policy's");
    console.out().println("not in the log, and taken as absent: labels, intents, counts");
    return changed == 0 ? ExitStatus.DONE : ExitStatus.NO;
  }

  private void take(PastDecision past) {
    if (!past.allowed() && !OF_POLICY.contains(past.text("cause"))
        || past.text("task").isEmpty()
        || past.text("destination").isEmpty()) {
      skipped++;
      return;
    }
    decided++;
    String before =
        past.allowed()
            ? Effect.ALLOW.word()
            : past.text("cause").equals(ASKED) ? Effect.REQUIRE_APPROVAL.word() : "deny";
    String now = now(past);
    if (!now.equals(before + " by " + past.text("rule"))) {
      changed++;
      String what = before + " by " + past.text("rule") + " → " + now;
      long seq = Long.parseLong(past.text("seq"));
      changes.computeIfAbsent(what, first -> new long[] {0, seq})[0]++;
    }
  }

  private String now(PastDecision past) {
    try {
      Explanation explanation = trial.run(call(past));
      return explanation.effect().word() + " by " + explanation.rule();
    } catch (UsageException gone) {
      return "deny: " + gone.getMessage();
    }
  }

  private static PolicyCase call(PastDecision past) {
    String method = past.text("method");
    boolean tunnel = method.equals("CONNECT");
    return new PolicyCase(
        "",
        past.text("agent"),
        proof(past.text("agent_proof")),
        past.text("kind"),
        past.text("purpose"),
        Map.of(),
        Optional.of(past.text("on_behalf_of")).filter(who -> !who.isEmpty()),
        tunnel ? Action.TUNNEL : Action.HTTP,
        Optional.of(past.text("destination")),
        method,
        tunnel ? "/" : past.text("path"),
        Optional.empty(),
        Optional.of(Instant.parse(past.text("time"))),
        Optional.empty(),
        0,
        0,
        0,
        past.text("approval").isEmpty() ? Set.of() : Set.of(past.text("rule")),
        Optional.empty(),
        Optional.empty());
  }

  private static AgentProof proof(String word) {
    return Arrays.stream(AgentProof.values())
        .filter(proof -> proof.word().equals(word))
        .findFirst()
        .orElse(AgentProof.UID);
  }
}
