package dev.leasehold.broker.task;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The tasks that are open, and those that ended within the last hour. Whether new ones may be
 * opened at all (the lock of {@code revoke-all}) is asked here too, so that no way in can forget
 * it. Safe for several threads.
 */
public final class Tasks {
  /** How long an ended task still answers. */
  public static final Duration RETENTION = Duration.ofHours(1);

  /** What came of a wish to open a task. */
  public sealed interface Opening {
    /** The token is known to nobody else and must be handed out now. */
    record Opened(Task task, TaskToken token) implements Opening {}

    /** The kind does not allow what was asked. */
    record Refused(String rule, String detail) implements Opening {}

    /**
     * As many tasks are open as may be.
     *
     * @param rule the key of the kind that says how many
     */
    record Full(String rule, String detail) implements Opening {}

    /** The task that was to delegate has ended. */
    record ParentEnded() implements Opening {}

    /** Opening is locked until an operator unlocks it. */
    record Locked(String reason) implements Opening {}
  }

  private record Entry(Task task, long keptUntilNanos) {}

  private final SecureRandom random = new SecureRandom();
  private final InstantSource clock;
  private final LongSupplier bootNanos;
  private final Map<TaskId, Task> open = new ConcurrentHashMap<>();
  private final Map<TaskId, Entry> ended = new ConcurrentHashMap<>();
  private final AtomicReference<@Nullable String> lock = new AtomicReference<>();

  /**
   * @param bootNanos the boot clock
   */
  public Tasks(InstantSource clock, LongSupplier bootNanos) {
    this.clock = clock;
    this.bootNanos = bootNanos;
  }

  /** Opens a task of {@code kind}; ttl and destinations only narrow. */
  public Opening open(TaskKind kind, TaskRequest request) {
    if (!kind.agents().contains(request.agent())) {
      return new Opening.Refused("agents", "this agent may not have tasks of this kind");
    }
    if (!kind.purposes().isEmpty() && !kind.purposes().contains(request.purpose())) {
      return new Opening.Refused("purposes", "the purpose is none of the kind's purposes");
    }
    if (kind.agentProof().filter(weakest -> !request.agentProof().isAtLeast(weakest)).isPresent()) {
      return new Opening.Refused("agent-proof", "the agent is not known well enough for this kind");
    }
    Duration ttl = request.ttl().orElse(kind.ttl());
    if (ttl.compareTo(kind.ttl()) > 0) {
      return new Opening.Refused("ttl", "ttl is longer than the kind's " + kind.ttl());
    }
    List<String> wanted = request.destinations().orElse(kind.destinations());
    if (!kind.destinations().containsAll(wanted)) {
      return new Opening.Refused("destinations", "a destination is none of the kind's");
    }
    List<String> narrowed = kind.destinations().stream().filter(wanted::contains).toList();
    return insert(kind, request, Lineage.root(request), narrowed, ttl);
  }

  /**
   * Opens a child of {@code parent} for another agent, which may never have more than its parent.
   * If the parent ends meanwhile, the child has been made all the same: whoever takes it into care
   * ends it.
   */
  public Opening delegate(Task parent, ChildRequest request) {
    if (!parent.isActive()) {
      return new Opening.ParentEnded();
    }
    long now = bootNanos.getAsLong();
    if (parent.deadlineNanos() - now <= 0) {
      return new Opening.ParentEnded();
    }
    Heritage heritage = new Heritage(parent, request, now);
    Optional<Opening.Refused> refusal = heritage.refusal();
    if (refusal.isPresent()) {
      return refusal.get();
    }
    return insert(
        parent.kind(),
        heritage.request(),
        heritage.lineage(),
        heritage.destinations(),
        heritage.ttl());
  }

  /**
   * What a child of {@code parent} would be that lives beside another sidecar: checked like one of
   * here, and in no list. Its token names nothing.
   */
  public Opening sketch(Task parent, ChildRequest request) {
    long now = bootNanos.getAsLong();
    if (!parent.isActive() || parent.deadlineNanos() - now <= 0) {
      return new Opening.ParentEnded();
    }
    Heritage heritage = new Heritage(parent, request, now);
    Optional<Opening.Refused> refusal = heritage.refusal();
    if (refusal.isPresent()) {
      return refusal.get();
    }
    String reason = lock.get();
    if (reason != null) {
      return new Opening.Locked(reason);
    }
    Optional<Opening.Full> siblings = tooManyChildren(parent);
    if (siblings.isPresent()) {
      return siblings.get();
    }
    TaskToken token = TaskToken.random(random);
    return new Opening.Opened(
        make(
            parent.kind(),
            heritage.request(),
            heritage.lineage(),
            heritage.destinations(),
            token,
            heritage.ttl()),
        token);
  }

  /** Opens a task of {@code kind} that was delegated beyond this sidecar. */
  public Opening accept(TaskKind kind, TaskRequest request, Bequest bequest) {
    Acceptance acceptance = new Acceptance(kind, request, bequest);
    Optional<Opening.Refused> refusal = acceptance.refusal();
    return refusal.isPresent()
        ? refusal.get()
        : insert(
            kind,
            acceptance.request(),
            acceptance.lineage(),
            acceptance.destinations(),
            acceptance.ttl());
  }

  private Task make(
      TaskKind kind,
      TaskRequest request,
      Lineage lineage,
      List<String> destinations,
      TaskToken token,
      Duration ttl) {
    return new Task(
        TaskId.random(random),
        kind,
        request,
        lineage,
        destinations,
        token,
        ttl,
        clock.instant(),
        bootNanos.getAsLong());
  }

  private Opening insert(
      TaskKind kind,
      TaskRequest request,
      Lineage lineage,
      List<String> destinations,
      Duration ttl) {
    synchronized (this) { // opening is rare; the counts and the lock must be seen with the insert
      String reason = lock.get();
      if (reason != null) {
        return new Opening.Locked(reason);
      }
      if (countOpen(kind.name()) >= kind.maxOpen()) {
        return new Opening.Full("max-open", "max-open of this kind is reached: " + kind.maxOpen());
      }
      Optional<Opening.Full> siblings = lineage.parent().flatMap(Tasks::tooManyChildren);
      if (siblings.isPresent()) {
        return siblings.get();
      }
      TaskToken token = TaskToken.random(random);
      Task task = make(kind, request, lineage, destinations, token, ttl);
      open.put(task.id(), task);
      lineage.parent().ifPresent(parent -> parent.bear(task));
      return new Opening.Opened(task, token);
    }
  }

  private static Optional<Opening.Full> tooManyChildren(Task parent) {
    int most = parent.kind().delegation().map(Delegation::children).orElse(0);
    return parent.liveChildren() < most
        ? Optional.empty()
        : Optional.of(
            new Opening.Full("delegation.children", "as many children live as may: " + most));
  }

  /** Open or ended within the last hour. */
  public Optional<Task> find(TaskId id) {
    Task task = open.get(id);
    if (task != null) {
      return Optional.of(task);
    }
    long now = bootNanos.getAsLong();
    return Optional.ofNullable(ended.get(id))
        .filter(entry -> entry.keptUntilNanos() - now >= 0)
        .map(Entry::task);
  }

  /** The task that id and token name together; one answer for a wrong id and a wrong token. */
  public Optional<Task> authenticate(TaskId id, byte[] token) {
    return find(id).filter(task -> task.isNamedBy(token));
  }

  /** Not yet {@link #retire}d: active ones and those whose end is not proven. */
  public Collection<Task> open() {
    return List.copyOf(open.values());
  }

  /** Every task that still answers. */
  public Collection<Task> all() {
    forgetOld();
    return java.util.stream.Stream.concat(
            open.values().stream(), ended.values().stream().map(Entry::task))
        .toList();
  }

  /** Active tasks of one kind. */
  public int countOpen(String kind) {
    int count = 0;
    for (Task task : open.values()) {
      if (task.isActive() && task.kind().name().equals(kind)) {
        count++;
      }
    }
    return count;
  }

  /** The task's end is done: it answers for another hour. */
  public void retire(Task task) {
    ended.put(task.id(), new Entry(task, bootNanos.getAsLong() + RETENTION.toNanos()));
    open.remove(task.id());
    task.parent().ifPresent(parent -> parent.buried(task));
    forgetOld();
  }

  /** From here on nothing can be opened. */
  public void lock(String reason) {
    synchronized (this) {
      lock.set(reason);
    }
  }

  public void unlock() {
    lock.set(null);
  }

  /** The reason of the lock, if there is one. */
  public Optional<String> locked() {
    return Optional.ofNullable(lock.get());
  }

  private void forgetOld() {
    long now = bootNanos.getAsLong();
    ended.values().removeIf(entry -> entry.keptUntilNanos() - now < 0);
  }
}
