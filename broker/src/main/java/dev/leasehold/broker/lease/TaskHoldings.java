package dev.leasehold.broker.lease;

import dev.leasehold.broker.secret.TaskToken;
import dev.leasehold.broker.task.Task;
import dev.leasehold.broker.task.TaskState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * All that one task holds at the store: its token, its leases, its reads that are under way or were
 * never answered. Everything is here before it can be used and until it is proven dead, so that the
 * task's end can count on it: whatever begins before the fence is seen by the end, whatever would
 * begin after it is refused. The monitor is held for a few instructions only, never over a call.
 */
final class TaskHoldings {

  /**
   * @param mine whether the one who asked has to make the token
   */
  record TokenClaim(CompletableFuture<TaskToken> token, boolean mine) {}

  private final Task task;
  private final Consumer<String> revokeTask;
  private final Map<String, Slot> slots = new ConcurrentHashMap<>(4);
  private final LiveLeases live = new LiveLeases();

  private final List<HeldLease> leases = new ArrayList<>(2);
  private final List<LostRead> lost = new ArrayList<>(0);
  private int readsUnderWay;
  private int fetches;
  private long reads;
  private @Nullable CompletableFuture<TaskToken> token;
  private @Nullable TaskToken made;
  private boolean journalled;
  private CompletableFuture<Void> news = new CompletableFuture<>();
  private @Nullable Report finalReport;
  private final List<Report.Residual> below = new ArrayList<>();
  private int children;
  private List<LeaseView> finalViews = List.of();

  /** The store has confirmed the revocation of the task's token. */
  volatile boolean tokenRevoked;

  /** The store has said that it no longer knows the token. */
  volatile boolean tokenProven;

  /**
   * @param revokeTask ends the task for a reason of the store's
   */
  TaskHoldings(Task task, Consumer<String> revokeTask) {
    this.task = task;
    this.revokeTask = revokeTask;
  }

  void revokeTask(String reason) {
    revokeTask.accept(reason);
  }

  Task task() {
    return task;
  }

  Slot slot(String credential) {
    Slot slot = slots.get(credential);
    return slot != null ? slot : slots.computeIfAbsent(credential, name -> new Slot());
  }

  LiveLeases live() {
    return live;
  }

  /** Tells those who wait for a lease that there will be none. */
  void refuseWaiters() {
    slots.values().forEach(Slot::refuseWaiters);
  }

  /** The number of a read that may now begin; empty when the fence has fallen. */
  synchronized OptionalLong beginRead() {
    if (!task.isActive()) {
      return OptionalLong.empty();
    }
    readsUnderWay++;
    fetches++;
    return OptionalLong.of(++reads);
  }

  /** All that was to be said of a read is said: the end's last word may follow. */
  synchronized void fetchOver() {
    fetches--;
    tellNews();
  }

  /** The read brought nothing and never will. */
  synchronized void readCameToNothing() {
    readsUnderWay--;
    tellNews();
  }

  synchronized void readLost(LostRead read) {
    lost.add(read);
    readsUnderWay--;
    tellNews();
  }

  synchronized void readBrought(HeldLease lease) {
    leases.add(lease);
    readsUnderWay--;
    tellNews();
  }

  /** The token of this task, made or being made, or the order to make it. */
  synchronized TokenClaim claimToken() {
    if (token != null) {
      return new TokenClaim(token, false);
    }
    token = new CompletableFuture<>();
    journalled = true;
    return new TokenClaim(token, true);
  }

  void tokenMade(TaskToken fresh) {
    CompletableFuture<TaskToken> claimed;
    synchronized (this) {
      made = fresh;
      claimed = token;
      tellNews();
    }
    if (claimed != null) {
      claimed.complete(fresh);
    }
  }

  void tokenFailed(Exception failure) {
    CompletableFuture<TaskToken> claimed;
    synchronized (this) {
      claimed = token;
      token = null;
      tellNews();
    }
    if (claimed != null) {
      claimed.completeExceptionally(failure);
    }
  }

  synchronized Optional<TaskToken> token() {
    return Optional.ofNullable(made);
  }

  boolean hasTokenOf(String generation) {
    return token().filter(own -> own.generation().equals(generation)).isPresent();
  }

  /** Whether the journal knows of this task. */
  synchronized boolean journalled() {
    return journalled;
  }

  synchronized List<HeldLease> leases() {
    return List.copyOf(leases);
  }

  synchronized List<LostRead> lostReads() {
    return List.copyOf(lost);
  }

  /** Whether an answer of the store is still to come, or to be told of. */
  synchronized boolean awaitsAnswer() {
    return fetches > 0 || (token != null && made == null);
  }

  /** Completes when an answer that was under way has come, or never will. */
  synchronized CompletableFuture<Void> news() {
    if (news.isDone()) {
      news = new CompletableFuture<>();
    }
    return news;
  }

  private void tellNews() {
    news.complete(null);
  }

  boolean isTokenSettled() {
    return tokenProven || (token().isEmpty() && !awaitsAnswer());
  }

  /** Keeps what is said of an ended task, and lets go of the rest. */
  void close(Report report) {
    List<LeaseView> views = views();
    synchronized (this) {
      finalReport = report;
      finalViews = views;
      leases.clear();
      lost.clear();
      made = null;
    }
    slots.clear();
  }

  List<LeaseView> views() {
    synchronized (this) {
      if (finalReport != null) {
        return finalViews;
      }
    }
    return leases().stream().map(HeldLease::view).toList();
  }

  /** A task that this one delegated has ended; what lives on of it counts here as well. */
  synchronized void childEnded(Report child) {
    children += 1;
    below.addAll(child.residual());
  }

  /** What was handed to other sidecars may live on. */
  synchronized void livesOn(List<Report.Residual> residual) {
    below.addAll(residual);
  }

  /** What is proven so far; the end's last word once it has spoken. */
  synchronized Report report(long nowNanos) {
    if (finalReport != null) {
      return finalReport;
    }
    Optional<Task.End> end = task.end();
    int revoked = 0;
    int vault = 0;
    int target = 0;
    int open = readsUnderWay;
    List<Report.Residual> residual = new ArrayList<>();
    for (HeldLease held : leases) {
      revoked += held.revoked ? 1 : 0;
      vault += held.provenVault ? 1 : 0;
      target += held.provenTarget ? 1 : 0;
      open += held.isSettled() ? 0 : 1;
      if (held.residual && isAliveAfter(end, held)) {
        residual.add(residual(held));
      }
    }
    for (LostRead read : lost) {
      open += read.overAtNanos() - nowNanos > 0 ? 1 : 0;
      residual.add(
          new Report.Residual(
              read.credential().name(),
              read.credential().revocability(),
              Optional.of(read.mayLiveUntil())));
    }
    for (Report.Residual left : below) {
      if (end.isEmpty() || left.diesAt().filter(at -> !at.isAfter(end.get().at())).isEmpty()) {
        residual.add(left);
      }
    }
    boolean over = task.state() == TaskState.DONE;
    Report.Proof proof =
        !over
            ? Report.Proof.PENDING
            : residual.isEmpty() ? Report.Proof.COMPLETE : Report.Proof.RESIDUAL;
    return new Report(
        task.id(),
        task.state(),
        end.map(Task.End::signal),
        proof,
        leases.size(),
        revoked,
        vault,
        target,
        open,
        residual,
        children,
        Duration.ofNanos(end.map(signal -> nowNanos - signal.atNanos()).orElse(0L)));
  }

  private static boolean isAliveAfter(Optional<Task.End> end, HeldLease held) {
    return held.leaseId().isEmpty()
        || end.filter(signal -> !held.expires.isAfter(signal.at())).isEmpty();
  }

  private static Report.Residual residual(HeldLease held) {
    Optional<Instant> diesAt = held.leaseId().map(id -> held.expires);
    return new Report.Residual(held.credential().name(), held.revocability(), diesAt);
  }
}
