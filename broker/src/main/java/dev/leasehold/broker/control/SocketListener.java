package dev.leasehold.broker.control;

import io.netty.channel.Channel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The API on a Unix socket. Everybody may connect (mode 0666), since who is served is decided by
 * the peer's uid.
 */
final class SocketListener extends Listener {
  private final Path path;
  private final PeerUids uids;
  private final BrowserGuard guard = BrowserGuard.onSocket();

  private SocketListener(ControlState state, Path path, PeerUids uids) {
    super(state);
    this.path = path;
    this.uids = uids;
  }

  /** Blocks. */
  static SocketListener start(ControlState state, Path path, PeerUids uids) throws IOException {
    SocketListener listener = new SocketListener(state, path, uids);
    try {
      listener.listen(path);
      return listener;
    } catch (IOException failure) {
      listener.close();
      throw failure;
    }
  }

  @Override
  Optional<Integer> uid(Channel channel) {
    return uids.of(channel);
  }

  @Override
  boolean mayBlock(@Nullable String authorization) {
    return state().callers().mayBlock(authorization);
  }

  @Override
  Principal identify(Peer peer, @Nullable String authorization) {
    return state().callers().onSocket(peer.uid(), authorization, state().needs().tasks());
  }

  @Override
  BrowserGuard guard() {
    return guard;
  }

  @Override
  String control() {
    return "unix:" + path.toAbsolutePath();
  }

  @Override
  boolean isStrangerPossible() {
    return true;
  }
}
