package dev.leasehold.broker.control;

import dev.leasehold.broker.task.Signal;
import dev.leasehold.broker.task.Task;
import dev.leasehold.broker.telemetry.BootClock;
import io.vertx.core.Vertx;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the listeners share: the calls, and the configuration and callers in force. */
final class ControlState {
  private static final Logger LOG = LoggerFactory.getLogger(ControlState.class);

  private record InForce(ControlConfig config, Callers callers) {}

  private final Vertx vertx;
  private final ControlNeeds needs;
  private final Api api;
  private final int ownUid;
  private volatile InForce inForce;

  ControlState(
      Vertx vertx, ControlNeeds needs, IdempotencyKeys keys, int ownUid, ControlConfig config)
      throws IOException {
    this.vertx = vertx;
    this.needs = needs;
    this.api = new Api(needs, keys);
    this.ownUid = ownUid;
    this.inForce = load(config);
  }

  /** Takes other callers and events; on failure the old ones stay. Blocks. */
  void reload(ControlConfig config) throws IOException {
    inForce = load(config);
  }

  private InForce load(ControlConfig config) throws IOException {
    return new InForce(config, Callers.load(config.callers(), ownUid, config.unsafeSameUid()));
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

  /**
   * Counts and records a refusal.
   *
   * @param who the caller's name, or {@code unknown}
   */
  void refused(String who, Refused refused) {
    needs.metrics().denied(refused.problem());
    LOG.info("event=control_refused caller={} problem={}", who, refused.problem().word());
  }
}
