package dev.leasehold.broker;

import dev.leasehold.broker.lease.TaskEnds;
import dev.leasehold.broker.task.Signal;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Ends every task when the audit log breaks. Before there are tasks there is nothing to end. */
final class Fuse implements Consumer<String> {
  private volatile @Nullable TaskEnds ends;

  void protect(TaskEnds ends) {
    this.ends = ends;
  }

  @Override
  public void accept(String why) {
    TaskEnds now = ends;
    if (now != null) {
      now.endAll(Signal.REVOKED, "the audit log is broken: " + why);
    }
  }
}
