package dev.leasehold.broker.control;

import io.netty.channel.Channel;
import io.vertx.core.net.SocketAddress;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The API on a Unix socket. Everybody may connect (mode 0666), since who is served is decided by
 * the peer's uid and not by the file; the folder must belong to nobody else, or another could put a
 * socket of its own in this one's place.
 */
final class SocketListener extends Listener {
  private static final Set<PosixFilePermission> EVERYBODY =
      PosixFilePermissions.fromString("rw-rw-rw-");
  private static final int STICKY = 01000;

  private final Path path;
  private final PeerUids uids;
  private final BrowserGuard guard = BrowserGuard.onSocket();
  private @Nullable Object fileKey;

  private SocketListener(ControlState state, Path path, PeerUids uids) {
    super(state);
    this.path = path;
    this.uids = uids;
  }

  /** Blocks. */
  static SocketListener start(ControlState state, Path path, PeerUids uids) throws IOException {
    SocketListener listener = new SocketListener(state, path, uids);
    try {
      prepareFolder(path);
      removeStale(path);
      listener.listen(SocketAddress.domainSocketAddress(path.toString()));
      Files.setPosixFilePermissions(path, EVERYBODY);
      listener.fileKey = fileKey(path);
      return listener;
    } catch (IOException failure) {
      listener.close();
      throw failure;
    }
  }

  /** Makes the socket's folder where it is missing, and refuses one that others could change. */
  private static void prepareFolder(Path socket) throws IOException {
    Path folder = socket.toAbsolutePath().getParent();
    if (folder == null) {
      throw new IOException("control.socket must be a file in a folder");
    }
    if (!Files.isDirectory(folder)) {
      Files.createDirectories(
          folder,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
    }
    int mode = (Integer) Files.getAttribute(folder, "unix:mode");
    if ((mode & 0022) != 0 && (mode & STICKY) == 0) {
      throw new IOException(
          folder + " can be written by others, who could put another socket in place of ours");
    }
  }

  private static void removeStale(Path path) throws IOException {
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    if (Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)
        || Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)
        || Files.isSymbolicLink(path)) {
      throw new IOException(path + " exists and is no socket");
    }
    try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      probe.connect(UnixDomainSocketAddress.of(path));
    } catch (java.net.ConnectException nobodyListens) {
      Files.delete(path);
      return;
    }
    throw new IOException(path + " is served by another process");
  }

  @Override
  Optional<Integer> uid(Channel channel) {
    return uids.of(channel);
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

  /** Removes the socket's file, unless somebody has put another one there. */
  @Override
  public void close() {
    super.close();
    try {
      if (fileKey != null && fileKey.equals(fileKey(path))) {
        Files.delete(path);
      }
    } catch (IOException gone) {
      // Whoever starts next finds out whether it is in the way.
    }
  }

  private static @Nullable Object fileKey(Path path) throws IOException {
    return Files.readAttributes(
            path, java.nio.file.attribute.BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
        .fileKey();
  }
}
