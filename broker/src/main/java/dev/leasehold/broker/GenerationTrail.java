package dev.leasehold.broker;

import dev.leasehold.broker.audit.AuditLog;
import dev.leasehold.broker.audit.BrokerEvent;
import dev.leasehold.broker.secret.GenerationEvents;
import java.time.Instant;

/** Tells the audit log of login generations, once those who must know of them first do. */
record GenerationTrail(GenerationEvents first, AuditLog audit) implements GenerationEvents {
  @Override
  public void opened(String generation, String loginAccessor, Instant expires) {
    first.opened(generation, loginAccessor, expires);
    audit.append(new BrokerEvent.GenerationOpened(generation, expires));
  }

  @Override
  public void lost(String generation, String reason) {
    first.lost(generation, reason);
    audit.append(new BrokerEvent.GenerationLost(generation, reason));
  }

  @Override
  public void closed(String generation) {
    first.closed(generation);
    audit.append(new BrokerEvent.GenerationClosed(generation));
  }
}
