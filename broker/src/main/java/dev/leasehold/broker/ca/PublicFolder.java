package dev.leasehold.broker.ca;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A folder whose files everybody may read and nobody but us may write: whoever could put a file of
 * his own there would be trusted by every agent. Blocks; for one thread at a time.
 */
final class PublicFolder {
  private static final int ROOT = 0;
  private static final int OTHERS_WRITE = 0022;
  private static final Set<PosixFilePermission> OF_FOLDER =
      PosixFilePermissions.fromString("rwxr-xr-x");
  private static final Set<PosixFilePermission> OF_FILE =
      PosixFilePermissions.fromString("rw-r--r--");

  private final Path path;
  private final int ownUid;
  private final Map<String, Mark> written = new HashMap<>();

  /** By which a file is known again; a file key alone is given to another once the file is gone. */
  private record Mark(@Nullable Object key, FileTime written, long size) {
    static Mark of(Path file) throws IOException {
      BasicFileAttributes found =
          Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      return new Mark(found.fileKey(), found.lastModifiedTime(), found.size());
    }
  }

  PublicFolder(Path path, int ownUid) {
    this.path = path.toAbsolutePath();
    this.ownUid = ownUid;
  }

  /** Why nothing may or can be put there; empty when there is no such folder yet. */
  Optional<String> refusal() {
    Optional<String> forAnybody = refusalForAnybody(path);
    if (forAnybody.isPresent() || !Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      return forAnybody;
    }
    try {
      int owner = (Integer) Files.getAttribute(path, "unix:uid");
      if (owner != ROOT && owner != ownUid) {
        return Optional.of("belongs to another user, who could put a CA of his own there");
      }
      return Files.isWritable(path)
          ? Optional.empty()
          : Optional.of("cannot be written by the sidecar");
    } catch (IOException unreadable) {
      return Optional.of("cannot be looked at: " + why(unreadable));
    }
  }

  /** What is wrong with it whoever the sidecar is. */
  static Optional<String> refusalForAnybody(Path path) {
    try {
      if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
        return Optional.empty();
      }
      if (Files.isSymbolicLink(path)) {
        return Optional.of("is a symbolic link, which could be turned elsewhere");
      }
      if (!Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
        return Optional.of("is not a folder");
      }
      if (((Integer) Files.getAttribute(path, "unix:mode") & OTHERS_WRITE) != 0) {
        return Optional.of(
            "can be written by others, who could put a CA of their own there; chmod go-w");
      }
      return Optional.empty();
    } catch (IOException unreadable) {
      return Optional.of("cannot be looked at: " + why(unreadable));
    }
  }

  /** Makes the folder where there is none; nobody ever sees a part of the file. */
  void write(String name, byte[] content) throws IOException {
    Path target = path.resolve(name);
    Path fresh = path.resolve("." + name + ".new");
    try {
      if (!Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
        make();
      }
      Optional<String> refusal = refusal();
      if (refusal.isPresent()) {
        throw new IOException("runtime-dir " + path + " " + refusal.get());
      }
      Files.deleteIfExists(fresh); // of a life that was cut short
      Files.write(fresh, content, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
      Files.setPosixFilePermissions(fresh, OF_FILE);
      Files.move(fresh, target, StandardCopyOption.ATOMIC_MOVE);
      written.put(name, Mark.of(target));
    } catch (FileSystemException failure) {
      throw new IOException(target + " cannot be written: " + why(failure), failure);
    }
  }

  private void make() throws IOException {
    try {
      Files.createDirectories(path);
      Files.setPosixFilePermissions(path, OF_FOLDER); // whatever the umask took away
    } catch (FileAlreadyExistsException noFolder) {
      return; // refused for what it is
    } catch (FileSystemException failure) {
      throw new IOException("runtime-dir " + path + " cannot be made: " + why(failure), failure);
    }
  }

  void removeAll(List<String> names) throws IOException {
    if (refusal().isEmpty()) {
      for (String name : names) {
        Files.deleteIfExists(path.resolve(name));
      }
    }
  }

  /** But for a file in whose place somebody has put another. */
  void removeWritten() throws IOException {
    for (Map.Entry<String, Mark> file : written.entrySet()) {
      Path target = path.resolve(file.getKey());
      if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)
          && Mark.of(target).equals(file.getValue())) {
        Files.delete(target);
      }
    }
    written.clear();
  }

  /** The JDK's message is the path alone for the most frequent causes. */
  private static String why(IOException failure) {
    return failure instanceof FileSystemException told && told.getReason() != null
        ? told.getReason()
        : failure.getClass().getSimpleName();
  }
}
