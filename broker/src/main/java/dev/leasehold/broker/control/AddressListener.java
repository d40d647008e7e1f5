package dev.leasehold.broker.control;

import io.netty.channel.Channel;
import io.vertx.core.http.HttpServer;
import io.vertx.core.net.SocketAddress;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The API on a loopback address, for callers known by a token. */
final class AddressListener extends Listener {
  private final BrowserGuard guard;
  private final InetSocketAddress bound;

  private AddressListener(ControlState state, InetSocketAddress wanted) throws IOException {
    super(state);
    HttpServer server;
    try {
      server = listen(SocketAddress.inetSocketAddress(wanted));
    } catch (IOException failure) {
      close();
      throw failure;
    }
    this.bound = new InetSocketAddress(wanted.getAddress(), server.actualPort());
    this.guard = BrowserGuard.onAddress(bound);
  }

  /** Blocks. */
  static AddressListener start(ControlState state, InetSocketAddress address) throws IOException {
    return new AddressListener(state, address);
  }

  InetSocketAddress bound() {
    return bound;
  }

  @Override
  Optional<Integer> uid(Channel channel) {
    return Optional.empty();
  }

  @Override
  boolean mayBlock(@Nullable String authorization) {
    return state().callers().mayBlock(authorization);
  }

  @Override
  Principal identify(Peer peer, @Nullable String authorization) {
    return state().callers().onAddress(authorization, state().needs().tasks());
  }

  @Override
  BrowserGuard guard() {
    return guard;
  }

  @Override
  String control() {
    return "http://" + AgentEnvironment.authority(bound);
  }

  @Override
  boolean isStrangerPossible() {
    return false;
  }
}
