package dev.leasehold.broker.testing;

import dev.leasehold.broker.lease.Credential;
import dev.leasehold.broker.lease.Lease;
import dev.leasehold.broker.lease.LeaseOutcome;
import dev.leasehold.broker.lease.RecoveredTask;
import dev.leasehold.broker.lease.Report;
import dev.leasehold.broker.lease.TaskEvents;
import dev.leasehold.broker.task.Task;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** Remembers, in the order of the calls, the names of what happened. */
public final class RecordingTaskEvents implements TaskEvents {
  private final List<String> names = new CopyOnWriteArrayList<>();
  private final List<RecoveredTask> recovered = new CopyOnWriteArrayList<>();
  private final List<Report> stuck = new CopyOnWriteArrayList<>();
  private volatile boolean refusing;
  private volatile @Nullable Task untellable;

  public List<String> names() {
    return List.copyOf(names);
  }

  public long count(String name) {
    return names.stream().filter(name::equals).count();
  }

  public List<RecoveredTask> recoveredTasks() {
    return List.copyOf(recovered);
  }

  /** What was known of each task when it became stuck. */
  public List<Report> stuckTasks() {
    return List.copyOf(stuck);
  }

  /** Openings from here on cannot be written. */
  public void refuseOpenings() {
    refusing = true;
  }

  /** The signal of {@code task} cannot be told. */
  public void cannotTell(Task task) {
    untellable = task;
  }

  @Override
  public void opened(Task task) throws IOException {
    if (refusing) {
      throw new IOException("told to refuse");
    }
    names.add("opened");
  }

  @Override
  public void issued(Task task, Lease lease) {
    names.add("issued");
  }

  @Override
  public void notIssued(Task task, Credential credential, LeaseOutcome.Refused refusal) {
    names.add("not-issued " + refusal.problem());
  }

  @Override
  public void renewed(Task task, Lease lease) {
    names.add("renewed");
  }

  @Override
  public void signalled(Task task) {
    if (task == untellable) {
      throw new IllegalStateException("told to fail");
    }
    names.add("signalled");
  }

  @Override
  public void revoked(Task task, Lease lease, Optional<String> failure) {
    names.add(failure.isEmpty() ? "revoked" : "not-revoked");
  }

  @Override
  public void proven(Task task, Lease lease, Where where) {
    names.add("proven " + where);
  }

  @Override
  public void presentAtTarget(Task task, Lease lease) {
    names.add("present-at-target");
  }

  @Override
  public void late(Task task, Lease lease) {
    names.add("late");
  }

  @Override
  public void unanswered(Task task, Credential credential, Instant mayLiveUntil) {
    names.add("unanswered");
  }

  @Override
  public void stuck(Task task, Report soFar) {
    stuck.add(soFar);
    names.add("stuck");
  }

  @Override
  public void ended(Task task, Report report) {
    names.add("ended");
  }

  @Override
  public void recovered(RecoveredTask task) {
    recovered.add(task);
  }

  @Override
  public void locked(String reason) {
    names.add("locked");
  }

  @Override
  public void unlocked() {
    names.add("unlocked");
  }
}
