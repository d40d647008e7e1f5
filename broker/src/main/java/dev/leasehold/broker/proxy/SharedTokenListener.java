package dev.leasehold.broker.proxy;

import dev.leasehold.broker.task.Task;

/** Learns of tasks whose token comes from processes of two users of this machine. */
@FunctionalInterface
public interface SharedTokenListener {
  void shared(Task task, int firstUid, int otherUid);
}
