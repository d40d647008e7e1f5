package dev.leasehold.broker.policy;

import dev.leasehold.broker.task.Task;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SequencedMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * One call that the rules allow and that engines have yet to be asked about. It is no grant: there
 * is none before all of them have agreed.
 */
public final class Referral implements Decision {
  private static final String PLACE = "policy.engines.";

  private final Facts facts;
  private final String rule;
  private final List<String> observed;
  private final List<Engine> engines;
  private final Rulebook rulebook;
  private final boolean counts;
  private final Maker grant;

  /** Makes the grant that the engines have agreed to. */
  @FunctionalInterface
  interface Maker {
    /**
     * @param ids what the engines call their decisions
     * @param approval by which it passes; empty where no engine had a human asked
     */
    Grant grant(List<String> ids, Obligations obligations, String approval);
  }

  /**
   * @param rulebook knows what humans have agreed to
   * @param counts whether the call counts where an engine bounds how many there may be
   */
  Referral(
      Facts facts,
      String rule,
      List<String> observed,
      List<Engine> engines,
      Rulebook rulebook,
      boolean counts,
      Maker grant) {
    this.facts = facts;
    this.rule = rule;
    this.observed = observed;
    this.engines = engines;
    this.rulebook = rulebook;
    this.counts = counts;
    this.grant = grant;
  }

  public Task task() {
    return facts.task();
  }

  @Override
  public String rule() {
    return rule;
  }

  @Override
  public List<String> observed() {
    return observed;
  }

  /**
   * What came of it.
   *
   * @param decision a grant or a denial
   * @param opinions by engine, in their order
   */
  record Settled(Decision decision, SequencedMap<String, Opinion> opinions) {}

  /** Asks all engines at once; gives a grant or a denial. Does not block. */
  public CompletionStage<Decision> ask() {
    return settle().thenApply(Settled::decision);
  }

  CompletionStage<Settled> settle() {
    List<CompletableFuture<Opinion>> asked = new ArrayList<>();
    for (Engine engine : engines) {
      asked.add(opinion(engine));
    }
    return CompletableFuture.allOf(asked.toArray(CompletableFuture[]::new))
        .thenApply(all -> settled(asked))
        .exceptionally(bug -> new Settled(unsettled(), new LinkedHashMap<>()));
  }

  /** A bug of ours must not leave a call without an answer, nor let it pass. */
  private Denial unsettled() {
    return denial(
        Denial.Reason.POLICY_UNAVAILABLE,
        engines.getFirst().name(),
        "what the policy engines said could not be settled",
        List.of());
  }

  /** An engine with a bug is one that gives no answer. */
  private CompletableFuture<Opinion> opinion(Engine engine) {
    try {
      return engine
          .ask(facts)
          .toCompletableFuture()
          .exceptionally(failure -> new Opinion.Failed("it failed"));
    } catch (RuntimeException bug) {
      return CompletableFuture.completedFuture(new Opinion.Failed("it failed"));
    }
  }

  private Settled settled(List<CompletableFuture<Opinion>> asked) {
    SequencedMap<String, Opinion> opinions = new LinkedHashMap<>();
    for (int i = 0; i < engines.size(); i++) {
      opinions.put(engines.get(i).name(), asked.get(i).join());
    }
    return new Settled(decision(opinions), opinions);
  }

  /** A clear no comes before a question, and a question before anything is counted. */
  private Decision decision(SequencedMap<String, Opinion> opinions) {
    List<String> ids = new ArrayList<>();
    for (Map.Entry<String, Opinion> said : opinions.entrySet()) {
      if (!said.getValue().id().isEmpty()) {
        ids.add(said.getKey() + ":" + said.getValue().id());
      }
      Denial denial = denial(said.getKey(), said.getValue(), ids);
      if (denial != null) {
        return denial;
      }
    }
    Obligations all = Obligations.NONE;
    String approval = "";
    for (Map.Entry<String, Opinion> said : opinions.entrySet()) {
      Obligations wanted = ((Opinion.Allows) said.getValue()).obligations();
      all = all.and(wanted);
      if (wanted.approval()) {
        PolicyRule asking = asking(said.getKey(), wanted);
        String given = rulebook.given(asking, facts);
        if (given == null) {
          return question(asking, ids);
        }
        approval = given;
      }
    }
    if (all.cuts() && facts.action() != Action.HTTP) {
      return denial(
          Denial.Reason.POLICY_DENIED,
          "cut",
          "what a policy engine asks for cannot be done where bytes pass unseen",
          ids);
    }
    for (Map.Entry<String, Opinion> said : opinions.entrySet()) {
      OptionalInt most = ((Opinion.Allows) said.getValue()).obligations().perMinute();
      if (counts
          && most.isPresent()
          && !facts.task().rates().take(said.getKey(), most.getAsInt(), facts.now())) {
        return denial(
            Denial.Reason.POLICY_DENIED,
            said.getKey() + ".rate",
            "the policy engine " + said.getKey() + " allows fewer of these calls in a minute",
            ids);
      }
    }
    return grant.grant(List.copyOf(ids), all, approval);
  }

  private @Nullable Denial denial(String name, Opinion opinion, List<String> ids) {
    return switch (opinion) {
      case Opinion.Allows allows -> null;
      case Opinion.Failed(String detail) ->
          denial(
              Denial.Reason.POLICY_UNAVAILABLE,
              name,
              "the policy engine " + name + " gave no answer: " + detail,
              ids);
      case Opinion.Denies(var id, String reason) ->
          denial(
              Denial.Reason.POLICY_DENIED,
              reason.isEmpty() ? name : name + "." + reason,
              "the policy engine " + name + " denies this",
              ids);
    };
  }

  /** As if a rule of the engine's name had asked. */
  private static PolicyRule asking(String name, Obligations wanted) {
    return new PolicyRule(
        PLACE + name,
        "",
        Optional.empty(),
        Effect.REQUIRE_APPROVAL,
        false,
        List.of(),
        Optional.of(
            new PolicyRule.Asking(
                wanted.approvers(), PolicyRule.Scope.CALL, PolicyRule.Asking.DEFAULT_HELD, 1)));
  }

  private Denial question(PolicyRule asking, List<String> ids) {
    return new Denial(
        Denial.Reason.APPROVAL_REQUIRED,
        asking.place(),
        "a human has to agree to this",
        "",
        Optional.of(Objects.requireNonNull(facts.destination())),
        observed,
        Optional.of(new Denial.Asks(asking, facts)),
        ids);
  }

  private Denial denial(Denial.Reason reason, String name, String detail, List<String> ids) {
    return new Denial(
        reason,
        PLACE + name,
        detail,
        "",
        Optional.of(Objects.requireNonNull(facts.destination())),
        observed,
        Optional.empty(),
        ids);
  }
}
