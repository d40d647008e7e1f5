package dev.leasehold.broker.policy;

import dev.leasehold.broker.destination.CanonicalPath;
import dev.leasehold.broker.destination.Destination;
import dev.leasehold.broker.policy.Intent.Agreement;
import dev.leasehold.broker.task.Autonomy;
import dev.leasehold.broker.task.Task;
import dev.leasehold.broker.task.TaskKind;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Asks the rules of the policy about calls that a destination allows. */
final class Judge {
  private final String version;
  private final Rulebook rulebook;
  private final List<Engine> engines;
  private final InstantSource clock;

  Judge(String version, Rulebook rulebook, List<Engine> engines, InstantSource clock) {
    this.engines = List.copyOf(engines);
    this.version = version;
    this.rulebook = rulebook;
    this.clock = clock;
  }

  /**
   * @param rule the destination's rule that allows the call
   * @param use null where no credential is used
   */
  Decision decide(
      Task task, Destination destination, Call call, String rule, @Nullable CredentialUse use) {
    if (!rulebook.isAsked() && engines.isEmpty()) {
      return new Grant(
          task,
          destination,
          call,
          use,
          rule,
          version,
          null,
          List.of(),
          "",
          List.of(),
          Obligations.NONE);
    }
    Facts facts = facts(task, destination, call, use, Facts.Counts.of(task));
    return decision(facts, call, rule, true);
  }

  /** What the rules had to say of a call that they decided on. */
  List<Explanation.Step> steps(
      Task task, Destination destination, Call call, @Nullable CredentialUse use, String decided) {
    return rulebook.isAsked()
        ? rulebook.steps(facts(task, destination, call, use, Facts.Counts.of(task)), decided)
        : List.of();
  }

  /** The denial that a call which is still going on would get now; null for none. */
  @Nullable Denial again(Grant grant) {
    Facts before = grant.facts();
    if (before != null && outlived(grant, before.now())) {
      return new Denial(
          Denial.Reason.POLICY_DENIED,
          "policy.engines",
          "a policy engine allows such a call for no longer than this",
          "",
          Optional.of(grant.destination()));
    }
    if (!rulebook.isAsked()) {
      return null;
    }
    Facts.Counts counts = before == null ? Facts.Counts.of(grant.task()) : before.counts();
    Facts facts = facts(grant.task(), grant.destination(), grant.call(), grant.use(), counts);
    return decision(facts, grant.call(), grant.rule(), false) instanceof Denial no ? no : null;
  }

  private boolean outlived(Grant grant, Instant since) {
    return grant
        .obligations()
        .life()
        .filter(life -> since.plus(life).isBefore(clock.instant()))
        .isPresent();
  }

  /**
   * The engines' opinion of a call that is still going on; empty where there are none. Their yes is
   * none if it asks for what was not done from the beginning.
   */
  Optional<CompletionStage<Decision>> askAgain(Grant grant) {
    if (engines.isEmpty()) {
      return Optional.empty();
    }
    Facts before = grant.facts();
    Facts.Counts counts = before == null ? Facts.Counts.of(grant.task()) : before.counts();
    Facts facts = facts(grant.task(), grant.destination(), grant.call(), grant.use(), counts);
    return decision(facts, grant.call(), grant.rule(), false) instanceof Referral referral
        ? Optional.of(referral.ask().thenApply(decision -> stillMet(grant, decision)))
        : Optional.empty();
  }

  private Decision stillMet(Grant grant, Decision decision) {
    if (!(decision instanceof Grant again)) {
      return decision;
    }
    Obligations wanted = again.obligations();
    Facts before = grant.facts();
    boolean met =
        (!wanted.cuts() || grant.obligations().cuts())
            && (wanted.life().isEmpty()
                || before != null
                    && before.now().plus(wanted.life().get()).isAfter(clock.instant()));
    return met
        ? decision
        : new Denial(
            Denial.Reason.POLICY_DENIED,
            "policy.engines",
            "a policy engine asks for what this call was not begun with",
            "",
            Optional.of(grant.destination()));
  }

  Optional<Autonomy> autonomy(String agent, TaskKind kind) {
    return Autonomy.stricter(rulebook.agent(agent).autonomy(), kind.autonomy());
  }

  /** The denial of a task's opening; null for none. */
  @Nullable Denial opening(Task task, List<Ticket> tickets) {
    if (!rulebook.isAsked()) {
      return null;
    }
    Facts facts = opened(task, tickets);
    Verdict verdict = rulebook.judge(facts);
    return verdict.effect() == Effect.ALLOW ? null : denial(verdict, facts);
  }

  /** What the rules had to say of an opening. */
  List<Explanation.Step> steps(Task task, String decided) {
    return rulebook.isAsked() ? rulebook.steps(opened(task, List.of()), decided) : List.of();
  }

  private Facts opened(Task task, List<Ticket> tickets) {
    return facts(
        task,
        task.depth() > 0 ? Action.DELEGATION : Action.OPEN_TASK,
        "",
        CanonicalPath.ROOT,
        Agreement.NONE,
        null,
        null,
        tickets,
        Facts.Counts.of(task));
  }

  private Facts facts(
      Task task,
      Destination destination,
      Call call,
      @Nullable CredentialUse use,
      Facts.Counts counts) {
    return facts(
        task,
        call.action(),
        call.method(),
        call.path(),
        agreement(call, destination),
        destination,
        use,
        call.tickets(),
        counts);
  }

  private Facts facts(
      Task task,
      Action action,
      String method,
      CanonicalPath path,
      Agreement intent,
      @Nullable Destination destination,
      @Nullable CredentialUse use,
      List<Ticket> tickets,
      Facts.Counts counts) {
    return new Facts(
        task,
        rulebook.agent(task.agent()),
        autonomy(task.agent(), task.kind()),
        action,
        method,
        path,
        intent,
        destination,
        use,
        counts,
        tickets,
        rulebook.signals(),
        rulebook.exception(task, use),
        clock.instant());
  }

  private static Agreement agreement(Call call, Destination destination) {
    if (call.intent().isEmpty()) {
      return Agreement.NONE;
    }
    return call.intent().get().agrees(call.method(), destination.name(), call.path())
        ? Agreement.AGREES
        : Agreement.DIFFERS;
  }

  /**
   * @param counts whether the call is a new one
   */
  private Decision decision(Facts facts, Call call, String rule, boolean counts) {
    Verdict weighed = verdict(facts);
    Verdict verdict =
        weighed.effect() == Effect.ALLOW || facts.breakGlass().isEmpty()
            ? weighed
            : weighed.setAside(facts.breakGlass());
    if (verdict.effect() != Effect.ALLOW) {
      return denial(verdict, facts);
    }
    PolicyRule by = verdict.rule();
    String place = by == null ? rule : by.place();
    return engines.isEmpty()
        ? grant(facts, call, place, verdict, List.of(), Obligations.NONE, "")
        : new Referral(
            facts,
            place,
            verdict.observed(),
            engines,
            rulebook,
            counts,
            (ids, obligations, approval) ->
                grant(facts, call, place, verdict, ids, obligations, approval));
  }

  /**
   * Nobody hands on what the rules would not let him do himself: all of a chain are asked about.
   */
  private Verdict verdict(Facts made) {
    Verdict verdict = rulebook.judge(made);
    Facts facts = made;
    while (verdict.effect() == Effect.ALLOW && facts.task().parent().isPresent()) {
      facts = asMadeBy(facts.task().parent().get(), facts);
      Verdict above = rulebook.judge(facts, made);
      verdict = above.effect() == Effect.ALLOW ? verdict : above;
    }
    return verdict;
  }

  private Facts asMadeBy(Task parent, Facts facts) {
    return new Facts(
        parent,
        rulebook.agent(parent.agent()),
        autonomy(parent.agent(), parent.kind()),
        facts.action(),
        facts.method(),
        facts.path(),
        facts.intent(),
        facts.destination(),
        facts.credential(),
        Objects.requireNonNull(facts.counts().above()),
        facts.tickets(),
        facts.signals(),
        facts.breakGlass(),
        facts.now());
  }

  private Grant grant(
      Facts facts,
      Call call,
      String place,
      Verdict verdict,
      List<String> engineDecisions,
      Obligations obligations,
      String approval) {
    return new Grant(
        facts.task(),
        Objects.requireNonNull(facts.destination()),
        call,
        facts.credential(),
        place,
        version,
        facts,
        verdict.observed(),
        verdict.approval().isEmpty() ? approval : verdict.approval(),
        engineDecisions,
        obligations);
  }

  private static Denial denial(Verdict verdict, Facts facts) {
    PolicyRule by = verdict.rule();
    String place = by == null ? Rulebook.PLACE : by.place();
    Optional<Destination> destination = Optional.ofNullable(facts.destination());
    return verdict.effect() == Effect.REQUIRE_APPROVAL
        ? new Denial(
            Denial.Reason.APPROVAL_REQUIRED,
            place,
            "a human has to agree to this",
            "",
            destination,
            verdict.observed(),
            Optional.of(new Denial.Asks(Objects.requireNonNull(by), facts)),
            List.of())
        : new Denial(
            verdict.undecided() ? Denial.Reason.POLICY_UNAVAILABLE : Denial.Reason.POLICY_DENIED,
            place,
            verdict.undecided()
                ? "whether a rule of the policy matches cannot be said"
                : detail(by, facts.now()),
            by == null || by.owner().isEmpty() ? "" : "ask the rule's owner: " + by.owner(),
            destination,
            verdict.observed());
  }

  private static String detail(@Nullable PolicyRule by, Instant now) {
    if (by == null) {
      return "no rule of the policy allows this";
    }
    return by.effect() != Effect.DENY && by.isOver(now)
        ? "the rule that would let this pass has run out"
        : "a rule of the policy denies this";
  }
}
