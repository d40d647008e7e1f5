package dev.leasehold.broker.audit;

/**
 * One thing that happened or is about to. Text members may be empty: they are left out of the line.
 * Nothing here ever holds a secret, a body, a query or a header's value.
 */
public sealed interface AuditEvent
    permits CallDecided,
        CallFinished,
        TaskEvent,
        LeaseEvent,
        ApprovalEvent,
        BreakGlassEvent,
        BrokerEvent {}
