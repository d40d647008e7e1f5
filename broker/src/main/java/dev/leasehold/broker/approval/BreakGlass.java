package dev.leasehold.broker.approval;

import dev.leasehold.broker.audit.AuditEvent;
import dev.leasehold.broker.audit.BreakGlassEvent;
import dev.leasehold.broker.policy.CredentialUse;
import dev.leasehold.broker.policy.Grant;
import dev.leasehold.broker.task.Task;
import dev.leasehold.broker.task.TaskId;
import dev.leasehold.broker.telemetry.Metrics;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
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
 * Rules of the policy set aside, by a human and for a while, for one task or the tasks of one kind.
 * What a kind's destinations, its credentials and its role in Vault do not allow stays forbidden.
 *
 * <p>Kept in memory: a restart ends them all. Safe for several threads.
 */
public final class BreakGlass {
  /** Of every id. */
  public static final String PREFIX = "brk_";

  private static final Duration DAY = Duration.ofHours(24);
  private static final int MOST_USES = 1000;
  private static final String RESTRICTED = "restricted";

  /** One call that it let pass. */
  public record Use(
      Instant at, TaskId task, String destination, String method, String path, String rule) {}

  /** One of them, as it is now. */
  public static final class Opened {
    private final String id;
    private final Optional<TaskId> task;
    private final String kind;
    private final String reason;
    private final Instant begins;
    private final List<String> agreed = new ArrayList<>();
    private final List<Use> uses = new ArrayList<>();
    private Instant ends;
    private long used;
    private boolean told;

    private Opened(
        String id,
        Optional<TaskId> task,
        String kind,
        String reason,
        Instant begins,
        Instant ends) {
      this.id = id;
      this.task = task;
      this.kind = kind;
      this.reason = reason;
      this.begins = begins;
      this.ends = ends;
    }

    public String id() {
      return id;
    }

    /** Empty where it is for all tasks of the kind. */
    public Optional<TaskId> task() {
      return task;
    }

    public String kind() {
      return kind;
    }

    public String reason() {
      return reason;
    }

    public Instant begins() {
      return begins;
    }

    public synchronized Instant ends() {
      return ends;
    }

    /** Subjects; two of them for what is restricted. */
    public synchronized List<String> agreed() {
      return List.copyOf(agreed);
    }

    /** The first thousand. */
    public synchronized List<Use> uses() {
      return List.copyOf(uses);
    }

    /** How many calls it let pass. */
    public synchronized long used() {
      return used;
    }

    public synchronized boolean isOpen(Instant now) {
      return now.isBefore(ends);
    }

    private Instant coolUntil() {
      return ends().plus(Duration.between(begins, ends()));
    }

    private boolean isFor(Task asked) {
      return kind.equals(asked.kind().name()) && (task.isEmpty() || task.get().equals(asked.id()));
    }
  }

  /** What came of a wish. */
  public sealed interface Answer {
    record Done(Opened opened) implements Answer {}

    record No(String why) implements Answer {}
  }

  private final Optional<BreakGlassConfig> config;
  private final InstantSource clock;
  private final Consumer<AuditEvent> audit;
  private final Metrics metrics;
  private final SecureRandom random = new SecureRandom();
  private final Map<String, Opened> byId = new ConcurrentHashMap<>();

  /**
   * @param config empty: nobody can
   */
  public BreakGlass(
      Optional<BreakGlassConfig> config,
      InstantSource clock,
      Consumer<AuditEvent> audit,
      Metrics metrics) {
    this.config = config;
    this.clock = clock;
    this.audit = audit;
    this.metrics = metrics;
    metrics.breakGlassOpen(
        () -> byId.values().stream().filter(each -> each.isOpen(clock.instant())).count());
  }

  /**
   * Opens one.
   *
   * @param task for it alone; empty: for every task of the kind
   */
  public synchronized Answer open(
      Approver approver, Optional<TaskId> task, String kind, String reason, Duration length) {
    Instant now = clock.instant();
    sweep();
    Optional<String> refusal = refusal(approver, kind, length, now);
    if (refusal.isPresent()) {
      return new Answer.No(refusal.get());
    }
    byte[] bytes = new byte[10];
    random.nextBytes(bytes);
    Opened opened =
        new Opened(
            PREFIX + HexFormat.of().formatHex(bytes), task, kind, reason, now, now.plus(length));
    opened.agreed.add(approver.subject());
    byId.put(opened.id(), opened);
    tell(opened, "opened", approver.subject(), reason);
    return new Answer.Done(opened);
  }

  private Optional<String> refusal(Approver approver, String kind, Duration length, Instant now) {
    if (config.isEmpty()) {
      return Optional.of("approvals.break-glass is not configured");
    }
    BreakGlassConfig bounds = config.get();
    if (!mayOpen(approver)) {
      return Optional.of("only members of approvals.break-glass.group may");
    }
    if (length.compareTo(bounds.longest()) > 0) {
      return Optional.of("it may last no longer than " + bounds.longest());
    }
    List<Opened> ofKind = byId.values().stream().filter(each -> each.kind().equals(kind)).toList();
    for (Opened each : ofKind) {
      if (each.isOpen(now)) {
        return Optional.of("one is open for this kind, and none is extended: " + each.id());
      }
      if (now.isBefore(each.coolUntil())) {
        return Optional.of("the last one for this kind cools down until " + each.coolUntil());
      }
    }
    long today = ofKind.stream().filter(each -> each.begins().isAfter(now.minus(DAY))).count();
    return today >= bounds.perDay()
        ? Optional.of("as many were opened for this kind within 24 hours as may be: " + today)
        : Optional.empty();
  }

  private boolean mayOpen(Approver approver) {
    return config
        .flatMap(BreakGlassConfig::group)
        .map(approver.groups()::contains)
        .orElse(config.isPresent());
  }

  /** A second human agrees, whom what is restricted needs. */
  public synchronized Answer confirm(String id, Approver approver) {
    Opened opened = byId.get(id);
    if (opened == null || !opened.isOpen(clock.instant())) {
      return new Answer.No("there is none open of that id");
    }
    if (!mayOpen(approver)) {
      return new Answer.No("only members of approvals.break-glass.group may");
    }
    synchronized (opened) {
      if (opened.agreed.contains(approver.subject())) {
        return new Answer.No("two are two humans, and this one has agreed already");
      }
      opened.agreed.add(approver.subject());
    }
    tell(opened, "confirmed", approver.subject(), "");
    return new Answer.Done(opened);
  }

  /** Ends one before its time. */
  public synchronized Answer end(String id, String by) {
    Opened opened = byId.get(id);
    if (opened == null || !opened.isOpen(clock.instant())) {
      return new Answer.No("there is none open of that id");
    }
    synchronized (opened) {
      opened.ends = clock.instant();
    }
    ended(opened, by);
    return new Answer.Done(opened);
  }

  /** Those that are open or cool down, and those of the last day; the newest first. */
  public Collection<Opened> all() {
    return byId.values().stream().sorted(Comparator.comparing(Opened::begins).reversed()).toList();
  }

  public Optional<Opened> find(String id) {
    return Optional.ofNullable(byId.get(id));
  }

  /**
   * The id of the one by which a task may do what rules of the policy would not let it.
   *
   * @param use the credential that the call uses; null for none
   */
  @Nullable String covering(Task task, @Nullable CredentialUse use) {
    if (byId.isEmpty()) {
      return null;
    }
    Instant now = clock.instant();
    for (Opened opened : byId.values()) {
      if (opened.isFor(task)
          && opened.isOpen(now)
          && (use == null
              || !use.classification().equals(RESTRICTED)
              || opened.agreed().size() > 1)) {
        return opened.id();
      }
    }
    return null;
  }

  /** A call passes by it. */
  public void used(Grant grant) {
    Opened opened = byId.get(grant.approval());
    if (opened == null) {
      return;
    }
    synchronized (opened) {
      opened.used++;
      if (opened.uses.size() < MOST_USES) {
        opened.uses.add(
            new Use(
                clock.instant(),
                grant.task().id(),
                grant.destination().name(),
                grant.call().method(),
                grant.call().path().text(),
                grant.rule()));
      }
    }
    metrics.breakGlassUsed(opened.kind());
  }

  /** Tells of those whose time is over, and forgets the old; to be called now and then. */
  public synchronized void sweep() {
    Instant now = clock.instant();
    for (Opened opened : byId.values()) {
      if (!opened.isOpen(now)) {
        ended(opened, "");
      }
    }
    byId.values()
        .removeIf(
            each ->
                !each.isOpen(now)
                    && now.isAfter(each.coolUntil())
                    && now.isAfter(each.begins().plus(DAY)));
  }

  private void ended(Opened opened, String by) {
    synchronized (opened) {
      if (opened.told) {
        return;
      }
      opened.told = true;
    }
    tell(opened, "ended", by, "used for " + opened.used() + " calls");
  }

  private void tell(Opened opened, String what, String by, String words) {
    audit.accept(
        new BreakGlassEvent(
            opened.task(),
            opened.kind(),
            opened.id(),
            what,
            by,
            words + (what.equals("opened") ? " (until " + opened.ends() + ")" : "")));
  }
}
