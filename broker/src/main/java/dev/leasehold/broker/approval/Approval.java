package dev.leasehold.broker.approval;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.leasehold.broker.policy.PolicyRule;
import dev.leasehold.broker.policy.PolicyRule.Asking;
import dev.leasehold.broker.policy.PolicyRule.Scope;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** One question to humans, and what came of it. Safe for several threads. */
public final class Approval {
  /** Where a question stands. */
  public enum State {
    PENDING,
    APPROVED,
    DENIED,
    /** Nobody answered in time, or what was approved was not used in time. */
    EXPIRED,
    /** The one call that it was for was made. */
    USED;

    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private final String id;
  private final PolicyRule rule;
  private final Asking asking;
  private final Shown shown;
  private final String digest;
  private final Instant askedAt;
  private final CompletableFuture<State> answer = new CompletableFuture<>();

  @GuardedBy("this")
  private final Set<String> agreed = new LinkedHashSet<>();

  @GuardedBy("this")
  private State state = State.PENDING;

  @GuardedBy("this")
  private Instant expiresAt;

  Approval(String id, PolicyRule rule, Shown shown, Instant askedAt, Instant expiresAt) {
    this.id = id;
    this.rule = rule;
    this.asking = rule.approval().orElseThrow();
    this.shown = shown;
    this.digest = shown.digest();
    this.askedAt = askedAt;
    this.expiresAt = expiresAt;
  }

  public String id() {
    return id;
  }

  public PolicyRule rule() {
    return rule;
  }

  public Asking asking() {
    return asking;
  }

  public Shown shown() {
    return shown;
  }

  /** Of all that was shown; an answer has to repeat it. */
  public String digest() {
    return digest;
  }

  public Instant askedAt() {
    return askedAt;
  }

  public synchronized Instant expiresAt() {
    return expiresAt;
  }

  /** Subjects, in the order in which they agreed. */
  public synchronized List<String> agreed() {
    return List.copyOf(agreed);
  }

  /** Comes with the state that the question leaves {@link State#PENDING} for. */
  public CompletionStage<State> answer() {
    return answer.minimalCompletionStage();
  }

  /** As of now: what is past its end is expired. */
  public synchronized State state(Instant now) {
    boolean open = state == State.PENDING || state == State.APPROVED;
    if (open && (!now.isBefore(expiresAt) || !shown.facts().task().isActive())) {
      state = State.EXPIRED;
      answer.complete(state);
    }
    return state;
  }

  /**
   * One approver agrees.
   *
   * @param until how long what is approved is good for
   * @return false when it is not open any more, or this subject has agreed already
   */
  synchronized boolean agree(String subject, Instant now, Instant until) {
    if (state(now) != State.PENDING || !agreed.add(subject)) {
      return false;
    }
    if (agreed.size() >= asking.count()) {
      state = State.APPROVED;
      expiresAt = until;
      answer.complete(state);
    }
    return true;
  }

  /** One approver says no, which is final. */
  synchronized boolean deny(Instant now) {
    if (state(now) != State.PENDING) {
      return false;
    }
    state = State.DENIED;
    answer.complete(state);
    return true;
  }

  /** Takes what was approved for one call; true for the first who asks. */
  synchronized boolean use(Instant now) {
    if (asking.scope() != Scope.CALL || state(now) != State.APPROVED) {
      return false;
    }
    state = State.USED;
    return true;
  }

  /** Whether it lets more than one call pass, and may now. */
  boolean stands(Instant now) {
    return asking.scope() != Scope.CALL && state(now) == State.APPROVED;
  }
}
