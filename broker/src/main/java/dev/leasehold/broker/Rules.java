package dev.leasehold.broker;

import dev.leasehold.broker.config.Configuration;
import dev.leasehold.broker.control.ControlRules;
import dev.leasehold.broker.policy.Consents;
import dev.leasehold.broker.policy.Engine;
import dev.leasehold.broker.proxy.RuleSet;
import java.time.InstantSource;
import java.util.List;

/**
 * One configuration as those who decide by it need it; swapped as a whole.
 *
 * @param calls for the proxy
 * @param tasks for the task API
 */
record Rules(Configuration configuration, RuleSet calls, ControlRules tasks) {
  /**
   * @param consents what humans have agreed to
   * @param engines those of the configuration
   */
  static Rules of(Configuration configuration, Consents consents, List<Engine> engines) {
    RuleSet calls =
        new RuleSet(
            configuration.policy(InstantSource.system(), consents, engines),
            configuration.injections());
    return new Rules(
        configuration,
        calls,
        new ControlRules(calls.policy(), configuration.kinds(), configuration.credentials()));
  }
}
