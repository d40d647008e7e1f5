package dev.leasehold.broker.audit;

import dev.leasehold.broker.task.TaskId;
import java.util.Optional;

/**
 * Rules of the policy are set aside, or hold again.
 *
 * @param task empty where it is for all tasks of the kind
 * @param what opened, confirmed or ended
 * @param by the approver; empty where the time was over
 * @param words the reason, or what it was used for
 */
public record BreakGlassEvent(
    Optional<TaskId> task, String kind, String id, String what, String by, String words)
    implements AuditEvent {}
