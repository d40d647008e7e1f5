package dev.leasehold.broker.control;

import dev.leasehold.broker.audit.AuditLog;
import dev.leasehold.broker.lease.Leases;
import dev.leasehold.broker.lease.RevokeAll;
import dev.leasehold.broker.lease.TaskEnds;
import dev.leasehold.broker.task.Endpoints;
import dev.leasehold.broker.task.Tasks;
import dev.leasehold.broker.telemetry.BootClock;
import dev.leasehold.broker.telemetry.Metrics;
import dev.leasehold.broker.telemetry.Readiness;
import java.net.SocketAddress;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * All that the control API works with.
 *
 * @param rules those in force
 * @param approvals where humans are asked; empty: nobody can be
 * @param svids how an agent can show who it is
 * @param delegation how work is handed to other sidecars; empty: not at all
 * @param readiness opening is refused while {@code audit}, and what secrets are leased with, is not
 * @param proxy where agents are served: goes into a task's environment
 * @param runtimeDir where CA files are, if there are any
 */
public record ControlNeeds(
    Tasks tasks,
    TaskEnds ends,
    Leases leases,
    RevokeAll revokeAll,
    Endpoints endpoints,
    Supplier<ControlRules> rules,
    Optional<ApprovalAccess> approvals,
    JwtSvids svids,
    Optional<DelegationAccess> delegation,
    Readiness readiness,
    AuditLog audit,
    Metrics metrics,
    SocketAddress proxy,
    Path runtimeDir,
    BootClock clock) {}
