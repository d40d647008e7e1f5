package dev.leasehold.broker.approval;

import dev.leasehold.broker.approval.Approval.State;
import dev.leasehold.broker.audit.ApprovalEvent;
import dev.leasehold.broker.audit.AuditEvent;
import dev.leasehold.broker.policy.Consents;
import dev.leasehold.broker.policy.CredentialUse;
import dev.leasehold.broker.policy.Facts;
import dev.leasehold.broker.policy.PolicyRule;
import dev.leasehold.broker.policy.Ticket;
import dev.leasehold.broker.task.Task;
import dev.leasehold.broker.telemetry.Metrics;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * All questions to humans that are open or were answered lately. What was approved is bound to the
 * task and the rule as it was, so that a reload cannot widen it, and to what the approver saw: one
 * call ({@link PolicyRule.Scope#CALL}: its target, path, query and body, once), a method at a path,
 * or the task. Safe for several threads; never blocks.
 */
public final class Approvals implements Consents {
  /** How long a question waits for an answer. */
  public static final Duration PATIENCE = Duration.ofMinutes(10);

  /** How long an approved call may wait to be made. */
  public static final Duration UNUSED = Duration.ofMinutes(5);

  /** How long an approval of more than one call is good for, if its task lives as long. */
  public static final Duration STANDING = Duration.ofHours(1);

  /** Questions about one task within an hour. */
  static final int MOST_OF_A_TASK = 20;

  /** Questions of the whole sidecar within an hour. */
  static final int MOST = 60;

  private static final Duration HOUR = Duration.ofHours(1);

  /** What came of asking. */
  public sealed interface Asked {
    /** Somebody has to answer. */
    record Pending(Approval approval) implements Asked {}

    /** It was approved before, for just this call, which may be made once. */
    record Approved(Ticket ticket) implements Asked {}

    /** An approver said no to just this call. */
    record Denied(Approval approval) implements Asked {}

    /** Humans have been asked so often that they are not asked again yet. */
    record TooOften(String detail) implements Asked {}
  }

  private record OneCall(String id, PolicyRule rule) implements Ticket {}

  private final InstantSource clock;
  private final Consumer<AuditEvent> audit;
  private final Metrics metrics;
  private final SecureRandom random = new SecureRandom();
  private final BreakGlass breakGlass;
  private final Map<String, Approval> byId = new ConcurrentHashMap<>();
  private volatile Consumer<Approval> told = question -> {};

  /** Where no rule can be set aside. */
  public Approvals(InstantSource clock, Consumer<AuditEvent> audit, Metrics metrics) {
    this(clock, audit, metrics, Optional.empty());
  }

  public Approvals(
      InstantSource clock,
      Consumer<AuditEvent> audit,
      Metrics metrics,
      Optional<BreakGlassConfig> breakGlass) {
    this.breakGlass = new BreakGlass(breakGlass, clock, audit, metrics);
    this.clock = clock;
    this.audit = audit;
    this.metrics = metrics;
    metrics.approvalsPending(() -> open().size());
  }

  /** Has {@code listener} told of each new question; it must not block. */
  public void whenAsked(Consumer<Approval> listener) {
    told = listener;
  }

  /** How rules are set aside for a while. */
  public BreakGlass breakGlass() {
    return breakGlass;
  }

  @Override
  public @Nullable String exception(Task task, @Nullable CredentialUse use) {
    return breakGlass.covering(task, use);
  }

  // Asking

  /** Asks about a call that {@code rule} holds back, or finds what was answered before. */
  public synchronized Asked ask(PolicyRule rule, Shown shown) {
    Instant now = clock.instant();
    forgetOld(now);
    String digest = shown.digest();
    for (Approval known : byId.values()) {
      if (known.rule().equals(rule) && known.digest().equals(digest)) {
        Asked again = again(known, now);
        if (again != null) {
          return again;
        }
      }
    }
    Optional<String> tooOften = tooOften(shown, now);
    if (tooOften.isPresent()) {
      metrics.approval("capped");
      return new Asked.TooOften(tooOften.get());
    }
    Instant end = earlier(now.plus(PATIENCE), shown.facts().task().expiresAt());
    Approval asked = new Approval(newId(), rule, shown, now, end);
    byId.put(asked.id(), asked);
    metrics.approval("asked");
    audit.accept(event(asked, "asked", "", ""));
    told.accept(asked);
    return new Asked.Pending(asked);
  }

  private @Nullable Asked again(Approval known, Instant now) {
    return switch (known.state(now)) {
      case PENDING -> new Asked.Pending(known);
      case DENIED -> new Asked.Denied(known);
      case APPROVED -> redeem(known).map(Asked.Approved::new).orElse(null);
      case EXPIRED, USED -> null;
    };
  }

  /** The right to make the one call that was approved; empty when it was made, or is too late. */
  public Optional<Ticket> redeem(Approval approval) {
    Instant now = clock.instant();
    return approval.stands(now) || approval.use(now)
        ? Optional.of(new OneCall(approval.id(), approval.rule()))
        : Optional.empty();
  }

  private Optional<String> tooOften(Shown shown, Instant now) {
    Instant lately = now.minus(HOUR);
    List<Approval> recent =
        byId.values().stream().filter(asked -> asked.askedAt().isAfter(lately)).toList();
    if (recent.size() >= MOST) {
      return Optional.of("humans were asked " + MOST + " times within the hour");
    }
    long ofTask =
        recent.stream()
            .filter(asked -> asked.shown().facts().task() == shown.facts().task())
            .count();
    return ofTask >= MOST_OF_A_TASK
        ? Optional.of("humans were asked " + ofTask + " times about this task")
        : Optional.empty();
  }

  // Deciding

  @Override
  public @Nullable String given(PolicyRule rule, Facts facts) {
    for (Ticket ticket : facts.tickets()) {
      if (ticket.rule().equals(rule)) {
        return ticket.id();
      }
    }
    Instant now = clock.instant();
    for (Approval known : byId.values()) {
      if (known.rule().equals(rule)
          && known.shown().facts().task() == facts.task()
          && known.stands(now)
          && isWithin(known, facts)) {
        return known.id();
      }
    }
    return null;
  }

  /** Whether a standing approval speaks of that call as well. */
  private static boolean isWithin(Approval approval, Facts facts) {
    Facts seen = approval.shown().facts();
    return approval.asking().scope() == PolicyRule.Scope.TASK
        || seen.action() == facts.action()
            && seen.method().equals(facts.method())
            && seen.path().text().equals(facts.path().text())
            && java.util.Objects.equals(seen.destination(), facts.destination());
  }

  // Answering

  /** Why an answer does not count. */
  public enum Refusal {
    NOT_OPEN,
    NOT_IN_THE_GROUP,
    /** The approver already agreed: two are two humans. */
    SAME_APPROVER,
    /** The approver did not repeat what was shown. */
    OTHER_FACTS,
    /** The body would pass unseen, and the answer does not accept that. */
    UNSEEN,
    /** The approver proved to be there only before the question. */
    STALE_PROOF
  }

  /**
   * An approver answers.
   *
   * @param digest of what was shown; must be the question's
   * @param unseen whether a body that was not held back is accepted as it is
   * @return why it does not count; empty when it does
   */
  public synchronized Optional<Refusal> answer(
      Approval approval,
      Approver approver,
      boolean agrees,
      String digest,
      boolean unseen,
      String reason) {
    Instant now = clock.instant();
    Optional<Refusal> refusal = refusal(approval, approver, agrees, digest, unseen, now);
    if (refusal.isPresent()) {
      return refusal;
    }
    boolean taken =
        agrees ? approval.agree(approver.subject(), now, end(approval, now)) : approval.deny(now);
    if (!taken) {
      return Optional.of(Refusal.NOT_OPEN);
    }
    metrics.approval(agrees ? "approved" : "denied");
    audit.accept(event(approval, agrees ? "approved" : "denied", approver.subject(), reason));
    return Optional.empty();
  }

  private static Optional<Refusal> refusal(
      Approval approval,
      Approver approver,
      boolean agrees,
      String digest,
      boolean unseen,
      Instant now) {
    if (approval
            .asking()
            .approvers()
            .filter(group -> !approver.groups().contains(group))
            .isPresent()
        || approver.groups().isEmpty()) {
      return Optional.of(Refusal.NOT_IN_THE_GROUP);
    }
    if (approval.state(now) != State.PENDING) {
      return Optional.of(Refusal.NOT_OPEN);
    }
    if (approver.authenticatedAt().filter(at -> at.isBefore(approval.askedAt())).isPresent()) {
      return Optional.of(Refusal.STALE_PROOF);
    }
    if (!approval.digest().equals(digest)) {
      return Optional.of(Refusal.OTHER_FACTS);
    }
    if (agrees && approval.shown().body() instanceof Shown.Body.Unseen && !unseen) {
      return Optional.of(Refusal.UNSEEN);
    }
    return agrees && approval.agreed().contains(approver.subject())
        ? Optional.of(Refusal.SAME_APPROVER)
        : Optional.empty();
  }

  private static Instant end(Approval approval, Instant now) {
    Duration life = approval.asking().scope() == PolicyRule.Scope.CALL ? UNUSED : STANDING;
    return earlier(now.plus(life), approval.shown().facts().task().expiresAt());
  }

  // Looking

  public Optional<Approval> find(String id) {
    return Optional.ofNullable(byId.get(id));
  }

  /** That wait for an answer, the oldest first. */
  public List<Approval> open() {
    Instant now = clock.instant();
    return sorted(
        byId.values().stream().filter(asked -> asked.state(now) == State.PENDING).toList());
  }

  /** All that are known, the oldest first. */
  public List<Approval> all() {
    return sorted(byId.values());
  }

  public State state(Approval approval) {
    return approval.state(clock.instant());
  }

  private static List<Approval> sorted(Collection<Approval> some) {
    return some.stream().sorted(Comparator.comparing(Approval::askedAt)).toList();
  }

  /** Answered and unanswered ones are kept for the hour that the caps look at. */
  private void forgetOld(Instant now) {
    byId.values()
        .removeIf(
            asked -> {
              State state = asked.state(now);
              boolean open = state == State.PENDING || state == State.APPROVED;
              return !open && asked.askedAt().isBefore(now.minus(HOUR));
            });
  }

  private static AuditEvent event(Approval approval, String what, String approver, String reason) {
    Facts facts = approval.shown().facts();
    return new ApprovalEvent(
        facts.task(),
        approval.id(),
        what,
        approval.rule().place(),
        facts.destination(),
        facts.credential() == null ? "" : facts.credential().name(),
        facts.credential() == null ? "" : facts.credential().classification(),
        facts.method(),
        facts.path().text(),
        approver,
        reason);
  }

  private String newId() {
    byte[] bytes = new byte[10];
    random.nextBytes(bytes);
    return "apr_" + HexFormat.of().formatHex(bytes);
  }

  private static Instant earlier(Instant one, Instant other) {
    return one.isBefore(other) ? one : other;
  }
}
