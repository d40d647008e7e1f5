package dev.leasehold.broker;

import dev.leasehold.broker.audit.AuditLog;
import dev.leasehold.broker.audit.TaskEvent;
import dev.leasehold.broker.lease.TaskEnds;
import dev.leasehold.broker.proxy.SharedTokenListener;
import dev.leasehold.broker.task.OnSharedToken;
import dev.leasehold.broker.task.Signal;
import dev.leasehold.broker.task.Task;
import dev.leasehold.broker.telemetry.Metrics;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What becomes of tasks whose token two users have. */
record SharedTokens(TaskEnds ends, AuditLog audit, Metrics metrics) implements SharedTokenListener {
  private static final Logger log = LoggerFactory.getLogger(SharedTokens.class);

  @Override
  public void shared(Task task, int firstUid, int otherUid) {
    audit.append(new TaskEvent.TokenShared(task, firstUid, otherUid));
    metrics.tokenShared(task.kind().name());
    log.warn(
        "event=task_token_shared task={} kind={} uids={},{}",
        task.id(),
        task.kind().name(),
        firstUid,
        otherUid);
    if (task.kind().onSharedToken() == OnSharedToken.END) {
      ends.end(task, Signal.REVOKED, "its token is used by two users");
    }
  }
}
