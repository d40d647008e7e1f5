package dev.leasehold.broker.control;

import io.netty.channel.Channel;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.socket.nio.NioChannelOption;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.attribute.UserPrincipal;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import jdk.net.ExtendedSocketOptions;
import jdk.net.UnixDomainPrincipal;

/**
 * Who is at the other end of a Unix socket, by the kernel's word (SO_PEERCRED): the uid that the
 * peer had when it connected.
 *
 * <p>Netty's epoll transport gives the number itself. The JDK's sockets give a user, which is
 * compared with those of the uids that the configuration lists; whoever is none of them stays
 * unknown, which is all that is needed to refuse it.
 */
final class PeerUids {
  private final Map<UserPrincipal, Integer> listed;

  /**
   * @param uids those that can be told apart where only the JDK's sockets are there
   */
  PeerUids(Collection<Integer> uids) throws IOException {
    Map<UserPrincipal, Integer> users = new HashMap<>();
    for (int uid : uids) {
      // The look-up takes a number for a uid, and two users are equal when their uids are.
      users.put(
          FileSystems.getDefault()
              .getUserPrincipalLookupService()
              .lookupPrincipalByName(Integer.toString(uid)),
          uid);
    }
    this.listed = Map.copyOf(users);
  }

  /** Empty when it cannot be told, or is none that is listed. */
  Optional<Integer> of(Channel channel) {
    try {
      if (channel instanceof EpollDomainSocketChannel epoll) {
        return Optional.of(epoll.peerCredentials().uid());
      }
      UnixDomainPrincipal peer =
          channel.config().getOption(NioChannelOption.of(ExtendedSocketOptions.SO_PEERCRED));
      return peer == null ? Optional.empty() : Optional.ofNullable(listed.get(peer.user()));
    } catch (IOException gone) {
      return Optional.empty();
    }
  }
}
