package dev.leasehold.broker.lease;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The journal's bytes on the disk: a folder only we may enter, a file only we may read, and a lock
 * that says whose it is. A write has happened when it returns, power cuts included. One thread.
 */
final class JournalFile implements AutoCloseable {
  /** Has the system put on the disk what was written. */
  @FunctionalInterface
  interface Force {
    void force(FileChannel channel, boolean metadata) throws IOException;
  }

  private final Path folder;
  private final Path path;
  private final FileChannel lockChannel;
  private final Force force;
  private @Nullable FileChannel channel;
  private long size;

  private JournalFile(Path folder, FileChannel lockChannel, Force force) {
    this.folder = folder;
    this.path = folder.resolve("journal");
    this.lockChannel = lockChannel;
    this.force = force;
  }

  /**
   * @throws JournalException also when another process holds the folder
   */
  static JournalFile open(Path folder, Force force) throws JournalException {
    FileChannel lockChannel = null;
    try {
      makePrivate(folder);
      lockChannel = channel(folder.resolve("journal.lock"), StandardOpenOption.CREATE);
      if (!isOurs(lockChannel)) {
        throw new JournalException(
            "state-dir " + folder + " is in use by another sidecar: give each its own", null);
      }
      return new JournalFile(folder, lockChannel, force);
    } catch (IOException failure) {
      closeQuietly(lockChannel);
      throw failure instanceof JournalException known
          ? known
          : new JournalException("state-dir " + folder + " cannot be used: " + failure, failure);
    }
  }

  private static void makePrivate(Path folder) throws IOException {
    var ownerOnly = PosixFilePermissions.fromString("rwx------");
    Files.createDirectories(folder, PosixFilePermissions.asFileAttribute(ownerOnly));
    if (!Files.getPosixFilePermissions(folder).equals(ownerOnly)) {
      Files.setPosixFilePermissions(folder, ownerOnly);
    }
  }

  /** The lock falls with the process, however that ends. */
  private static boolean isOurs(FileChannel lockChannel) throws IOException {
    try {
      FileLock lock = lockChannel.tryLock();
      return lock != null;
    } catch (OverlappingFileLockException heldInThisProcess) {
      return false;
    }
  }

  private static FileChannel channel(Path path, StandardOpenOption creation) throws IOException {
    return FileChannel.open(
        path,
        Set.of(StandardOpenOption.WRITE, creation),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
  }

  /** What was there; nothing when there was none. */
  byte[] read() throws IOException {
    return Files.exists(path) ? Files.readAllBytes(path) : new byte[0];
  }

  /** Keeps what is there under another name, for people to look at. */
  Path setAside() throws IOException {
    Path aside = folder.resolve("journal.damaged");
    Files.copy(
        path, aside, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.COPY_ATTRIBUTES);
    return aside;
  }

  long size() {
    return size;
  }

  /**
   * Adds {@code bytes} at the end, or leaves the file as it was.
   *
   * @throws IOException after which {@link #isSound} says whether another try makes sense
   */
  void append(byte[] bytes) throws IOException {
    FileChannel open = channel;
    if (open == null) {
      throw new IOException("the journal is closed");
    }
    try {
      write(open, bytes);
    } catch (IOException failure) {
      cutBackTo(size, open, failure);
      throw failure;
    }
    try {
      force.force(open, false);
    } catch (IOException failure) {
      // What an fsync failed on may be lost although a second one succeeds.
      abandon();
      throw failure;
    }
    size += bytes.length;
  }

  private void cutBackTo(long end, FileChannel open, IOException failure) {
    try {
      open.truncate(end);
      open.position(end);
    } catch (IOException worse) {
      failure.addSuppressed(worse);
      abandon();
    }
  }

  private void abandon() {
    closeQuietly(channel);
    channel = null;
  }

  /** Whether the file can still be added to. */
  boolean isSound() {
    return channel != null;
  }

  /** Puts {@code bytes} in the place of all there was, at once or not at all. */
  void replace(byte[] bytes) throws IOException {
    Path fresh = folder.resolve("journal.new");
    Files.deleteIfExists(fresh);
    FileChannel next = channel(fresh, StandardOpenOption.CREATE_NEW);
    try {
      write(next, bytes);
      force.force(next, true);
      Files.move(fresh, path, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException failure) {
      closeQuietly(next);
      throw failure;
    }
    closeQuietly(channel);
    channel = next;
    size = bytes.length;
    try (FileChannel directory = FileChannel.open(folder, StandardOpenOption.READ)) {
      force.force(directory, true);
    } catch (IOException failure) {
      abandon(); // after a power cut the old file could be back, without what is added from here on
      throw failure;
    }
  }

  private static void write(FileChannel open, byte[] bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    while (buffer.hasRemaining()) {
      open.write(buffer);
    }
  }

  private static void closeQuietly(@Nullable FileChannel open) {
    if (open != null) {
      try {
        open.close();
      } catch (IOException nothingToDo) {
        // All that mattered was forced before; a close cannot lose it.
      }
    }
  }

  @Override
  public void close() {
    closeQuietly(channel);
    channel = null;
    closeQuietly(lockChannel);
  }
}
