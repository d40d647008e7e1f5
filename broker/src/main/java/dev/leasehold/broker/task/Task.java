package dev.leasehold.broker.task;

import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One bounded piece of an agent's work. Made by {@link Tasks} only, so whoever holds one knows that
 * it was opened by a caller that may. Safe for several threads; nothing here blocks.
 */
public final class Task {
  /** Why a task ended, and when the signal came. */
  public record End(Signal signal, String reason, Instant at, long atNanos) {}

  private final TaskId id;
  private final TaskKind kind;
  private final TaskRequest request;
  private final Lineage lineage;
  private final List<String> destinations;
  private final Set<String> destinationNames;
  private final byte[] tokenDigest;
  private final Instant openedAt;
  private final Instant expiresAt;
  private final long deadlineNanos;

  private final Set<OpenCall> openCalls = ConcurrentHashMap.newKeySet();
  private final Set<Task> children = ConcurrentHashMap.newKeySet();
  private final AtomicLong elsewhere = new AtomicLong();
  private final AtomicReference<AgentProof> agentProof;
  private final AtomicReference<@Nullable End> end = new AtomicReference<>();
  private final AtomicReference<TaskState> state = new AtomicReference<>(TaskState.ACTIVE);
  private final AtomicLong lastActiveNanos;
  private final AtomicLong calls = new AtomicLong();
  private final AtomicLong denials = new AtomicLong();
  private final Rates rates = new Rates();
  private final AtomicLong bytes = new AtomicLong();

  Task(
      TaskId id,
      TaskKind kind,
      TaskRequest request,
      Lineage lineage,
      List<String> destinations,
      TaskToken token,
      Duration ttl,
      Instant now,
      long nowNanos) {
    this.id = id;
    this.kind = kind;
    this.request = request;
    this.lineage = lineage;
    this.agentProof = new AtomicReference<>(request.agentProof());
    this.destinations = List.copyOf(destinations);
    this.destinationNames = Set.copyOf(destinations);
    this.tokenDigest = token.digest();
    this.openedAt = now;
    this.expiresAt = now.plus(ttl);
    this.deadlineNanos = nowNanos + ttl.toNanos();
    this.lastActiveNanos = new AtomicLong(nowNanos);
  }

  public TaskId id() {
    return id;
  }

  public TaskKind kind() {
    return kind;
  }

  public String purpose() {
    return request.purpose();
  }

  public String agent() {
    return request.agent();
  }

  public AgentProof agentProof() {
    return agentProof.get();
  }

  /** Whether the agent is known well enough for its calls to be let through. */
  public boolean isProven() {
    return agentProof().isAtLeast(lineage.neededProof());
  }

  /** How the agent has to be known before its first call is let through. */
  public AgentProof neededProof() {
    return lineage.neededProof();
  }

  /** The agent of a delegated task has shown who it is. False when it was known as well before. */
  public boolean prove(AgentProof proof) {
    AgentProof before = agentProof.getAndUpdate(old -> old.isAtLeast(proof) ? old : proof);
    return !before.isAtLeast(proof);
  }

  /** The task that delegated this one. */
  public Optional<Task> parent() {
    return lineage.parent();
  }

  /**
   * The task that a caller opened, with which the chain begins; this one if it was not delegated.
   */
  public Task root() {
    Task root = this;
    while (root.lineage.parent().isPresent()) {
      root = root.lineage.parent().get();
    }
    return root;
  }

  /** Where beyond this sidecar it, or the one above it, was delegated. */
  public Optional<Origin> origin() {
    return lineage.origin();
  }

  /** Id of the task that delegated it, here or elsewhere; empty where a caller opened it. */
  public String parentId() {
    return lineage
        .parent()
        .map(parent -> parent.id().text())
        .or(() -> lineage.origin().map(Origin::parent))
        .orElse("");
  }

  /** Id of the task with which its chain begins, here or elsewhere. */
  public String rootId() {
    return lineage.origin().map(Origin::root).orElseGet(() -> root().id().text());
  }

  /** How many delegations may have led to a task below this one. */
  public int deepest() {
    return Math.min(lineage.deepest(), kind.delegation().map(Delegation::depth).orElse(0));
  }

  /** Whether it is {@code other}, or one that this delegated, however indirectly. */
  public boolean isOrDescendsFrom(Task other) {
    for (Task each = this; each != null; each = each.lineage.parent().orElse(null)) {
      if (each == other) {
        return true;
      }
    }
    return false;
  }

  /** How many delegations led here. */
  public int depth() {
    return lineage.chain().size() - 1;
  }

  /** SPIFFE IDs from the root's agent to the one that acts here. */
  public List<String> chain() {
    return lineage.chain();
  }

  /** What the parent left of what the kind allows. */
  public Narrowing narrowing() {
    return lineage.narrowing();
  }

  /** Tasks that this one delegated and whose ends are not proven yet. */
  public List<Task> children() {
    return List.copyOf(children);
  }

  /** To be followed by a look at whether this task is still active. */
  void bear(Task child) {
    children.add(child);
  }

  void buried(Task child) {
    children.remove(child);
  }

  public String owner() {
    return request.owner();
  }

  /** The uid that opened the task, where the channel told it. */
  public Optional<Integer> uid() {
    return request.uid();
  }

  public Map<String, String> labels() {
    return request.labels();
  }

  public Optional<String> onBehalfOf() {
    return request.onBehalfOf();
  }

  /** Names, narrowed, in the order of the kind. */
  public List<String> destinations() {
    return destinations;
  }

  /** Whether it is among {@link #destinations}, however many these are. */
  public boolean mayCall(String destination) {
    return destinationNames.contains(destination);
  }

  public Instant openedAt() {
    return openedAt;
  }

  public Instant expiresAt() {
    return expiresAt;
  }

  /** On the boot clock. */
  public long deadlineNanos() {
    return deadlineNanos;
  }

  public TaskState state() {
    return state.get();
  }

  public boolean isActive() {
    return end.get() == null;
  }

  public Optional<End> end() {
    return Optional.ofNullable(end.get());
  }

  /** Compares digests in constant time. */
  public boolean isNamedBy(byte[] token) {
    return MessageDigest.isEqual(tokenDigest, TaskToken.digest(token));
  }

  /**
   * Takes a call in, unless the task is ending. A call that was taken in is cut at the fence or
   * left by {@link #leave}, whichever comes first. It counts against the calls of all tasks above
   * too; where one of those, or this one, may make no more, it is refused as well.
   */
  public boolean enter(OpenCall call, long nowNanos) {
    if (!isActive()) {
      return false;
    }
    openCalls.add(call);
    if (!isActive() && openCalls.remove(call)) {
      return false; // the fence fell in between and did not see the call
    }
    if (!countCall()) {
      openCalls.remove(call);
      return false;
    }
    active(nowNanos);
    return true;
  }

  private boolean countCall() {
    return reserve(1);
  }

  /** Counts calls that may be made elsewhere; false where so many are not left. */
  public boolean reserve(long count) {
    boolean mayPass = true;
    for (Task each = this; each != null; each = each.lineage.parent().orElse(null)) {
      long made = each.calls.addAndGet(count);
      mayPass &= made <= each.narrowing().calls().orElse(Long.MAX_VALUE);
    }
    if (!mayPass) {
      for (Task each = this; each != null; each = each.lineage.parent().orElse(null)) {
        each.calls.addAndGet(-count);
      }
    }
    return mayPass;
  }

  /** How many calls may still be made; empty where nothing bounds them. */
  public Optional<Long> callsLeft() {
    Optional<Long> left = Optional.empty();
    for (Task each = this; each != null; each = each.lineage.parent().orElse(null)) {
      long made = each.calls.get();
      Optional<Long> own = each.narrowing().calls().map(most -> Math.max(0, most - made));
      left = Stream.concat(left.stream(), own.stream()).min(Long::compareTo);
    }
    return left;
  }

  /** One more, or one less, of what it handed to other sidecars is alive. */
  public void handedElsewhere(int change) {
    elsewhere.addAndGet(change);
  }

  /** Children that are alive, here and elsewhere. */
  long liveChildren() {
    return children.stream().filter(Task::isActive).count() + elsewhere.get();
  }

  private void active(long nowNanos) {
    for (Task each = this; each != null; each = each.lineage.parent().orElse(null)) {
      each.lastActiveNanos.set(nowNanos);
    }
  }

  /** The call's last byte has drained. */
  public void leave(OpenCall call, long nowNanos) {
    if (openCalls.remove(call)) {
      active(nowNanos);
    }
  }

  /** Counts a call that was refused; a refused call is activity of the agent all the same. */
  public void denied(long nowNanos) {
    for (Task each = this; each != null; each = each.lineage.parent().orElse(null)) {
      each.denials.incrementAndGet();
    }
    active(nowNanos);
  }

  /** Time of the last call's beginning or end, on the boot clock. */
  public long lastActiveNanos() {
    return lastActiveNanos.get();
  }

  public int openCalls() {
    return openCalls.size();
  }

  /** Whether a call of this task, or of one below it, is going on. */
  public boolean isBusy() {
    return !openCalls.isEmpty() || children.stream().anyMatch(Task::isBusy);
  }

  /** Its own and those of the tasks below it, as are the other counts. */
  public long calls() {
    return calls.get();
  }

  public Rates rates() {
    return rates;
  }

  public long denials() {
    return denials.get();
  }

  /** Counts what a call that is over has moved, both ways together. */
  public void moved(long count) {
    for (Task each = this; each != null; each = each.lineage.parent().orElse(null)) {
      each.bytes.addAndGet(count);
    }
  }

  /** What its finished calls have moved. */
  public long bytes() {
    return bytes.get();
  }

  /**
   * Ends the task for everybody, at once: from here on {@link #enter} refuses. True for the caller
   * whose signal was the first.
   */
  public boolean fence(Signal signal, String reason, Instant now, long nowNanos) {
    if (!end.compareAndSet(null, new End(signal, reason, now, nowNanos))) {
      return false;
    }
    state.set(TaskState.FENCED);
    return true;
  }

  /** Cuts every open call; for a fenced task. */
  public void cutOpenCalls() {
    for (OpenCall call : List.copyOf(openCalls)) {
      if (openCalls.remove(call)) {
        call.cut();
      }
    }
  }

  /** Moves the end on; only the end's own state machine calls this. */
  public void advance(TaskState next) {
    state.updateAndGet(current -> next.follows(current) ? next : current);
  }

  @Override
  public String toString() {
    return "Task[" + id + " " + kind.name() + " " + state.get().word() + "]";
  }
}
