package dev.leasehold.broker.proxy;

import dev.leasehold.broker.approval.Approvals;
import dev.leasehold.broker.lease.Leases;
import dev.leasehold.broker.task.Task;
import dev.leasehold.broker.task.Tasks;
import dev.leasehold.broker.telemetry.BootClock;
import dev.leasehold.broker.telemetry.Metrics;
import dev.leasehold.broker.upstream.Upstreams;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * All that calls are served with.
 *
 * @param rules those in force; asked once for each call
 * @param approvals where humans are asked; empty: nobody can be
 * @param via this instance's name for Via
 */
record Serving(
    Tasks tasks,
    Supplier<RuleSet> rules,
    Leases leases,
    Upstreams upstreams,
    AgentTls agentTls,
    AuditFeeds audits,
    Metrics metrics,
    BootClock clock,
    Lanes lanes,
    Optional<Approvals> approvals,
    TokenUse tokenUse,
    String via) {

  /** Lets go of everything kept for a task that is over; idempotent. */
  void forget(Task task) {
    lanes.forget(task);
    upstreams.forget(task);
    tokenUse.forget(task);
  }
}
