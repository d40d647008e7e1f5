package dev.leasehold.broker.local;

import java.io.IOException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;

/**
 * The file of a Unix socket that every user may connect to: who is served is not decided by the
 * file. Its folder must belong to nobody else, or another could put a socket in this one's place.
 * Blocks.
 */
public final class SocketFile {
  private static final int STICKY = 01000;

  private final Path path;
  private final @Nullable Object fileKey;

  private SocketFile(Path path, @Nullable Object fileKey) {
    this.path = path;
    this.fileKey = fileKey;
  }

  /** Makes room for a socket at {@code path}; refuses a place where others could put theirs. */
  public static void prepare(Path path) throws IOException {
    Path folder = path.toAbsolutePath().getParent();
    if (folder == null) {
      throw new IOException(path + " must be a file in a folder");
    }
    if (!Files.isDirectory(folder)) {
      Files.createDirectories(
          folder,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
    }
    int owner = (Integer) Files.getAttribute(folder, "unix:uid");
    if (owner != 0 && owner != OwnUid.read()) {
      throw new IOException(
          folder + " belongs to another user, who could put another socket in place of ours");
    }
    int mode = (Integer) Files.getAttribute(folder, "unix:mode");
    if ((mode & 0022) != 0 && (mode & STICKY) == 0) {
      throw new IOException(
          folder + " can be written by others, who could put another socket in place of ours");
    }
    if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      removeStale(path);
    }
  }

  private static void removeStale(Path path) throws IOException {
    if (!Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
        .isOther()) {
      throw new IOException(path + " exists and is no socket");
    }
    try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      probe.connect(UnixDomainSocketAddress.of(path));
    } catch (ConnectException nobodyListens) {
      Files.delete(path);
      return;
    }
    throw new IOException(path + " is served by another process");
  }

  /** The socket is there: opens it for everybody. */
  public static SocketFile open(Path path) throws IOException {
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-rw-rw-"));
    return new SocketFile(path, key(path));
  }

  /** Removes the file, unless somebody has put another one there. */
  public void remove() throws IOException {
    if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)
        && fileKey != null
        && fileKey.equals(key(path))) {
      Files.delete(path);
    }
  }

  private static @Nullable Object key(Path path) throws IOException {
    return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
        .fileKey();
  }
}
