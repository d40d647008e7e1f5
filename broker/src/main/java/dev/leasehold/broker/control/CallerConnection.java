package dev.leasehold.broker.control;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.leasehold.broker.task.Task;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * One connection of a caller: which tasks it holds open, and whether it is in use. Safe for several
 * threads.
 */
final class CallerConnection {
  private final Consumer<Task> endOfHeld;

  @GuardedBy("this")
  private final List<Task> held = new ArrayList<>();

  @GuardedBy("this")
  private boolean closed;

  @GuardedBy("this")
  private int running;

  @GuardedBy("this")
  private long idleSinceNanos;

  /**
   * @param endOfHeld called once for each held task when the connection closes; must not block
   */
  CallerConnection(Consumer<Task> endOfHeld, long nowNanos) {
    this.endOfHeld = endOfHeld;
    this.idleSinceNanos = nowNanos;
  }

  void hold(Task task) {
    synchronized (this) {
      if (!closed) {
        held.add(task);
        return;
      }
    }
    endOfHeld.accept(task);
  }

  synchronized void began() {
    running++;
  }

  synchronized void finished(long nowNanos) {
    running--;
    idleSinceNanos = nowNanos;
  }

  /** Whether nobody would miss it: no call runs, no task is held by it, for that long. */
  synchronized boolean isIdle(long nowNanos, long idleNanos) {
    held.removeIf(task -> !task.isActive());
    return running == 0 && held.isEmpty() && nowNanos - idleSinceNanos >= idleNanos;
  }

  void closed() {
    List<Task> orphans;
    synchronized (this) {
      closed = true;
      orphans = List.copyOf(held);
      held.clear();
    }
    orphans.forEach(endOfHeld);
  }
}
