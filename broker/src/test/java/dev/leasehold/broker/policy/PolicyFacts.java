package dev.leasehold.broker.policy;

import dev.leasehold.broker.task.Task;
import dev.leasehold.broker.testing.ManualClock;

/** What rules are asked about, for tests of other packages: calls of one open task. */
public final class PolicyFacts {
  private final PolicyTester tester;

  public PolicyFacts(ManualClock clock) {
    this.tester = new PolicyTester(clock);
  }

  public Task task() {
    return tester.task();
  }

  public Facts call(String method, String path) {
    return tester.facts(method, path);
  }
}
