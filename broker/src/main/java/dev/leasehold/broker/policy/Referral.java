package dev.leasehold.broker.policy;

import dev.leasehold.broker.task.Task;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * One call that the rules allow and that engines have yet to be asked about. It is no grant: there
 * is none before all of them have agreed.
 */
public final class Referral implements Decision {
  private final Facts facts;
  private final String rule;
  private final List<String> observed;
  private final List<Engine> engines;
  private final Function<List<String>, Grant> grant;

  /**
   * @param grant makes the grant, with what the engines call their decisions
   */
  Referral(
      Facts facts,
      String rule,
      List<String> observed,
      List<Engine> engines,
      Function<List<String>, Grant> grant) {
    this.facts = facts;
    this.rule = rule;
    this.observed = observed;
    this.engines = engines;
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

  /** Asks all engines at once; gives a grant or a denial. Does not block. */
  public CompletionStage<Decision> ask() {
    List<CompletableFuture<Opinion>> asked = new ArrayList<>();
    for (Engine engine : engines) {
      asked.add(opinion(engine));
    }
    return CompletableFuture.allOf(asked.toArray(CompletableFuture[]::new))
        .thenApply(all -> settle(asked));
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

  private Decision settle(List<CompletableFuture<Opinion>> asked) {
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < engines.size(); i++) {
      String name = engines.get(i).name();
      Opinion opinion = asked.get(i).join();
      if (!opinion.id().isEmpty()) {
        ids.add(name + ":" + opinion.id());
      }
      if (opinion instanceof Opinion.Failed(String detail)) {
        return denial(
            Denial.Reason.POLICY_UNAVAILABLE,
            name,
            "the policy engine " + name + " gave no answer: " + detail,
            ids);
      }
      if (opinion instanceof Opinion.Denies(String id, String reason)) {
        return denial(
            Denial.Reason.POLICY_DENIED,
            reason.isEmpty() ? name : name + "." + reason,
            "the policy engine " + name + " denies this",
            ids);
      }
    }
    return grant.apply(List.copyOf(ids));
  }

  private Denial denial(Denial.Reason reason, String name, String detail, List<String> ids) {
    return new Denial(
        reason,
        "policy.engines." + name,
        detail,
        "",
        Optional.of(Objects.requireNonNull(facts.destination())),
        observed,
        Optional.empty(),
        ids);
  }
}
