package dev.leasehold.broker.proxy;

import dev.leasehold.broker.destination.Destination;
import dev.leasehold.broker.policy.Call;
import dev.leasehold.broker.policy.Denial;
import dev.leasehold.broker.policy.Policy;
import dev.leasehold.broker.task.Task;

/** Tells an agent that asks a database in HTTP what is wrong with that. */
final class Databases {
  private Databases() {}

  /** The refusal for {@code denial}, in clearer words where the host is a database of the task. */
  static Refusal refusal(Denial denial, Task task, Call call, Policy policy) {
    if (denial.reason() == Denial.Reason.DESTINATION_NOT_ALLOWED && policy.knowsHost(call.host())) {
      for (String name : task.destinations()) {
        Destination destination = policy.destination(name).orElse(null);
        if (destination != null
            && !destination.isHttp()
            && destination.target().host().equals(call.host())
            && (call.port() == Call.ANY_PORT || call.port() == destination.target().port())) {
          return Refusals.database(destination);
        }
      }
    }
    return Refusals.of(denial);
  }
}
