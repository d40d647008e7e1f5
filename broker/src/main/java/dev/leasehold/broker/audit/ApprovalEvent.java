package dev.leasehold.broker.audit;

import dev.leasehold.broker.destination.Destination;
import dev.leasehold.broker.task.Task;
import org.jspecify.annotations.Nullable;

/**
 * A human was asked, or answered.
 *
 * @param what asked, approved or denied
 * @param destination null for the opening of a task
 * @param approver empty for a question
 * @param reason what the approver gave; may be empty
 */
public record ApprovalEvent(
    Task task,
    String id,
    String what,
    String rule,
    @Nullable Destination destination,
    String credential,
    String classification,
    String method,
    String path,
    String approver,
    String reason)
    implements AuditEvent {}
