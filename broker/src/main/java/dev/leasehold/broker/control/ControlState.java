package dev.leasehold.broker.control;

import dev.leasehold.broker.audit.AuditEvent;
import dev.leasehold.broker.audit.BrokerEvent;
import dev.leasehold.broker.task.Signal;
import dev.leasehold.broker.task.Task;
import dev.leasehold.broker.telemetry.BootClock;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the listeners share: the calls, and the configuration and callers in force. */
final class ControlState {
  private static final Logger LOG = LoggerFactory.getLogger(ControlState.class);

  private record InForce(ControlConfig config, Callers callers) {}

  private final Vertx vertx;
  private final ControlNeeds needs;
  private final Api api;
  private final RefusalTrail refusals;
  private final int ownUid;
  private volatile InForce inForce;

  ControlState(
      Vertx vertx, ControlNeeds needs, IdempotencyKeys keys, int ownUid, ControlConfig config)
      throws IOException {
    this.vertx = vertx;
    this.needs = needs;
    this.api = new Api(needs, keys);
    this.refusals = new RefusalTrail(needs.audit()::append, needs.clock());
    this.ownUid = ownUid;
    this.inForce = load(config);
  }

  /** Takes other callers and events; on failure the old ones stay. Blocks. */
  void reload(ControlConfig config) throws IOException {
    inForce = load(config);
  }

  private InForce load(ControlConfig config) throws IOException {
    return new InForce(
        config, Callers.load(config.callers(), needs.svids(), ownUid, config.unsafeSameUid()));
  }

  Vertx vertx() {
    return vertx;
  }

  ControlNeeds needs() {
    return needs;
  }

  Api api() {
    return api;
  }

  BootClock clock() {
    return needs.clock();
  }

  ControlConfig config() {
    return inForce.config();
  }

  Callers callers() {
    return inForce.callers();
  }

  /** The connection that held {@code task} open has closed. */
  void endHeld(Task task) {
    needs.ends().end(task, Signal.CLOSED, "the connection that held it was closed");
  }

  RefusalTrail refusals() {
    return refusals;
  }

  /**
   * Counts and records a refusal.
   *
   * @param who the caller's name, or {@code unknown}
   * @param route the call that was asked for, where there is such a one
   */
  void refused(String who, Optional<Route> route, Refused refused) {
    needs.metrics().denied(refused.problem());
    AuditEvent event =
        refused
            .event()
            .orElseGet(
                () ->
                    new BrokerEvent.CallerRefused(
                        who,
                        refused.problem(),
                        route.map(Route::method).orElse(""),
                        route.map(Route::path).orElse(""),
                        refused.rule()));
    if (refusals.refused(who, event)) {
      LOG.info("event=control_refused caller={} problem={}", who, refused.problem().word());
    }
  }
}
