package dev.leasehold.broker.control;

import dev.leasehold.broker.local.OwnUid;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The task API, on a Unix socket, a loopback address, or both. Connections live on event loops,
 * each call is answered on a virtual thread of its own.
 */
public final class ControlServer implements AutoCloseable {
  private static final Duration SWEEP = Duration.ofSeconds(15);

  private final ControlState state;
  private final List<Listener> listeners = new ArrayList<>();
  private final long sweepTimer;
  private @Nullable AddressListener addressListener;
  private @Nullable ApprovalListener approvalListener;

  private ControlServer(Vertx vertx, ControlState state, IdempotencyKeys keys) {
    this.state = state;
    this.sweepTimer =
        vertx.setPeriodic(
            SWEEP.toMillis(),
            tick -> {
              keys.sweep();
              state.refusals().sweep();
              state
                  .needs()
                  .approvals()
                  .ifPresent(access -> access.approvals().breakGlass().sweep());
            });
  }

  /**
   * Starts serving. Blocks; not on an event loop.
   *
   * @throws IOException when a token file cannot be read, the socket's folder is not safe, or an
   *     address cannot be had; then nothing is left listening
   */
  public static ControlServer start(Vertx vertx, ControlConfig config, ControlNeeds needs)
      throws IOException {
    int ownUid = OwnUid.read();
    IdempotencyKeys keys = new IdempotencyKeys(needs.clock());
    ControlState state = new ControlState(vertx, needs, keys, ownUid, config);
    ControlServer server = new ControlServer(vertx, state, keys);
    try {
      server.listen(config, ownUid);
      return server;
    } catch (IOException failure) {
      server.close();
      throw failure;
    }
  }

  private void listen(ControlConfig config, int ownUid) throws IOException {
    if (config.socket().isPresent()) {
      List<Integer> uids =
          Stream.concat(
                  Stream.of(ownUid),
                  config.callers().stream().flatMap(caller -> caller.uid().stream()))
              .distinct()
              .toList();
      listeners.add(SocketListener.start(state, config.socket().get(), new PeerUids(uids)));
    }
    if (state.needs().approvals().isPresent()) {
      approvalListener = ApprovalListener.start(state, state.needs().approvals().get(), ownUid);
      listeners.add(approvalListener);
    }
    if (config.address().isPresent()) {
      addressListener = AddressListener.start(state, config.address().get());
      listeners.add(addressListener);
    }
  }

  /** The loopback address that is served, with its real port. */
  public Optional<InetSocketAddress> address() {
    return Optional.ofNullable(addressListener).map(AddressListener::bound);
  }

  /** Where approvers answer, as they name it; empty where nobody can. */
  public Optional<String> approvals() {
    return Optional.ofNullable(approvalListener).map(ApprovalListener::control);
  }

  /**
   * Takes the callers and events of another configuration; its socket and address are not looked
   * at. Blocks.
   *
   * @throws IOException when a token file cannot be read; the old callers stay
   */
  public void reload(ControlConfig config) throws IOException {
    state.reload(config);
  }

  /** Stops serving and closes every connection, which ends the tasks that they hold. Blocks. */
  @Override
  public void close() {
    state.vertx().cancelTimer(sweepTimer);
    listeners.forEach(Listener::close);
    listeners.clear();
    state.refusals().sweep();
  }
}
