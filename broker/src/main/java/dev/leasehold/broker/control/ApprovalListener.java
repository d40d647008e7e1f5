package dev.leasehold.broker.control;

import dev.leasehold.broker.approval.Approver;
import dev.leasehold.broker.approval.Approvers;
import dev.leasehold.broker.local.SocketOwners;
import dev.leasehold.broker.telemetry.Problem;
import io.netty.channel.Channel;
import io.vertx.core.http.HttpServer;
import io.vertx.core.net.SocketAddress;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where approvers answer: a listener of its own, so that no agent's caller ever shares one with
 * them. They are known by their uid, which the kernel tells on a socket and on a loopback address,
 * or by a token.
 */
final class ApprovalListener extends Listener {
  private final Approvers approvers;
  private final int ownUid;
  private final PeerUids uids;
  private final SocketOwners owners = SocketOwners.system();
  private BrowserGuard guard = BrowserGuard.onSocket();
  private String control = "";
  private @Nullable InetSocketAddress bound;

  private ApprovalListener(ControlState state, Approvers approvers, int ownUid) throws IOException {
    super(state);
    this.approvers = approvers;
    this.ownUid = ownUid;
    this.uids =
        new PeerUids(
            List.copyOf(
                Stream.concat(Stream.of(ownUid), approvers.uids().stream()).distinct().toList()));
  }

  /** Blocks. */
  static ApprovalListener start(ControlState state, ApprovalAccess access, int ownUid)
      throws IOException {
    ApprovalListener listener = new ApprovalListener(state, access.approvers(), ownUid);
    try {
      if (access.config().socket().isPresent()) {
        listener.onSocket(access.config().socket().get());
      } else {
        listener.onAddress(access.config().address().orElseThrow());
      }
      return listener;
    } catch (IOException failure) {
      listener.close();
      throw failure;
    }
  }

  private void onSocket(Path path) throws IOException {
    listen(path);
    control = "unix:" + path.toAbsolutePath();
  }

  private void onAddress(InetSocketAddress wanted) throws IOException {
    HttpServer server = listen(SocketAddress.inetSocketAddress(wanted));
    InetSocketAddress here = new InetSocketAddress(wanted.getAddress(), server.actualPort());
    bound = here;
    guard = BrowserGuard.onAddress(here);
    control = "http://" + AgentEnvironment.authority(here);
  }

  @Override
  Optional<Integer> uid(Channel channel) {
    if (bound == null) {
      return uids.of(channel);
    }
    try {
      if (channel.remoteAddress() instanceof InetSocketAddress peer
          && channel.localAddress() instanceof InetSocketAddress here) {
        return owners.uid(peer, here).stream().boxed().findFirst();
      }
      return Optional.empty();
    } catch (IOException unreadable) {
      return Optional.empty();
    }
  }

  @Override
  boolean mayBlock(@Nullable String authorization) {
    return authorization != null
        && (approvers.discoversKeys()
            || approvers.knowsSvids() && Callers.isSvid(Callers.bearer(authorization)));
  }

  @Override
  Principal identify(Peer peer, @Nullable String authorization) {
    if (peer.uid().filter(uid -> uid == ownUid).isPresent() && authorization == null) {
      throw Refused.forbidden(
          "whoever has the sidecar's own uid approves nothing", "approvals.groups", "");
    }
    Optional<Approver> approver =
        authorization == null
            ? peer.uid().flatMap(approvers::byUid)
            : approvers.byToken(Callers.bearer(authorization));
    return approver
        .<Principal>map(Principal.ApprovedBy::new)
        .orElseThrow(
            () ->
                new Refused(
                    Problem.UNAUTHORIZED,
                    Problem.UNAUTHORIZED.status(),
                    "no group of approvers has whoever asks",
                    "approvals.groups",
                    "an operator must add the uid, or the token's claim"));
  }

  @Override
  BrowserGuard guard() {
    return guard;
  }

  @Override
  String control() {
    return control;
  }

  @Override
  boolean isStrangerPossible() {
    return true;
  }
}
