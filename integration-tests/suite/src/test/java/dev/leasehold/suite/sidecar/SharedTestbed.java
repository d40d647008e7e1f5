package dev.leasehold.suite.sidecar;

import dev.leasehold.testbed.Needs;
import dev.leasehold.testbed.Testbed;
import dev.leasehold.testbed.rabbitmq.RabbitServers;
import dev.leasehold.testbed.server.Setting;

/** One testbed for all tests that leave it as they found it. It goes when the JVM does. */
public final class SharedTestbed {
  private static final class Holder {
    static final Testbed TESTBED =
        hasRabbit()
            ? Testbed.start(Needs.VAULT, Needs.WORKLOAD_API, Needs.POSTGRES, Needs.RABBITMQ)
            : Testbed.start(Needs.VAULT, Needs.WORKLOAD_API, Needs.POSTGRES);
  }

  private SharedTestbed() {}

  public static Testbed get() {
    return Holder.TESTBED;
  }

  /** RabbitMQ has no stand-in; where the real servers are demanded its absence is an error. */
  static boolean hasRabbit() {
    return Setting.realDemandedBy().isPresent() || RabbitServers.available();
  }
}
