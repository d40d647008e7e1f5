package dev.leasehold.broker;

import dev.leasehold.broker.config.Configuration;
import dev.leasehold.broker.control.ControlRules;
import dev.leasehold.broker.policy.Consents;
import dev.leasehold.broker.proxy.RuleSet;
import java.time.InstantSource;

/**
 * One configuration as those who decide by it need it; swapped as a whole.
 *
 * @param calls for the proxy
 * @param tasks for the task API
 */
record Rules(Configuration configuration, RuleSet calls, ControlRules tasks) {
  /**
   * @param consents what humans have agreed to
   */
  static Rules of(Configuration configuration, Consents consents) {
    RuleSet calls =
        new RuleSet(
            configuration.policy(InstantSource.system(), consents), configuration.injections());
    return new Rules(
        configuration,
        calls,
        new ControlRules(calls.policy(), configuration.kinds(), configuration.credentials()));
  }
}
