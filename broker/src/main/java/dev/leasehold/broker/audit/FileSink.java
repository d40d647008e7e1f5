package dev.leasehold.broker.audit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A file that only grows, locked for this process, readable by its owner alone when it is made
 * here. Whoever rotates it renames it; the chain goes on in a new one.
 */
final class FileSink implements AuditSink {
  static final String TORN_SUFFIX = ".torn";

  private static final Set<StandardOpenOption> APPEND =
      Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND);

  private final Path path;

  /** Keeps a force from meeting a channel that is being closed. */
  private final Object opening = new Object();

  private volatile @Nullable FileChannel channel;
  private @Nullable Object fileKey;

  /** Where the last write that succeeded ended. */
  private long end;

  FileSink(Path path) {
    this.path = path.toAbsolutePath();
  }

  @Override
  public String name() {
    return "file";
  }

  @Override
  public void write(ByteBuffer lines) throws IOException {
    FileChannel open = channel();
    int length = lines.remaining();
    try {
      while (lines.hasRemaining()) {
        open.write(lines);
      }
    } catch (IOException failure) {
      takeBack(open, failure);
      throw failure;
    }
    end += length;
  }

  /** What was written of a refused batch must not look like something that was let through. */
  private void takeBack(FileChannel open, IOException failure) {
    try {
      if (open.size() > end) {
        open.truncate(end);
      }
    } catch (IOException another) {
      failure.addSuppressed(another);
    }
  }

  @Override
  public void sync() throws IOException {
    synchronized (opening) {
      channel().force(false);
    }
  }

  @Override
  public Optional<Found> reopen() throws IOException {
    synchronized (opening) {
      close();
      boolean made = !Files.exists(path, LinkOption.NOFOLLOW_LINKS);
      FileChannel open = open();
      try {
        FileLock first = lock(open);
        Found found = find(open);
        end = open.size();
        // Closing the channel that was read from has let go of the lock (POSIX): take it again.
        first.release();
        lock(open);
        if (open.size() != end) {
          throw new IOException(path + " is being written by another process");
        }
        fileKey = attributes().fileKey();
        channel = open;
        if (made) {
          syncFolder();
        }
        return Optional.of(found);
      } catch (IOException | RuntimeException failure) {
        open.close();
        throw failure;
      }
    }
  }

  private Found find(FileChannel open) throws IOException {
    // Another channel, since this one can only append.
    try (FileChannel reading = FileChannel.open(path, StandardOpenOption.READ)) {
      ChainEnd.Found found = ChainEnd.read(reading, path);
      long torn = reading.size() - found.end();
      String how = "";
      if (torn > 0) {
        Path aside = setAside(ChainEnd.readFully(reading, found.end(), Math.toIntExact(torn)));
        open.truncate(found.end());
        open.force(true);
        how = torn + " bytes of a torn line are in " + aside.getFileName();
      }
      if (found.head().isPresent()) {
        return new Found(found.head().get(), how);
      }
    }
    return ChainEnd.ofPredecessor(path)
        .map(head -> new Found(head, "continues a rotated file"))
        .orElse(new Found(Head.NONE, "a new chain"));
  }

  private Path setAside(byte[] torn) throws IOException {
    Path aside =
        path.resolveSibling(path.getFileName() + TORN_SUFFIX + "-" + Instant.now().toEpochMilli());
    try (FileChannel open =
        FileChannel.open(
            aside,
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
      ByteBuffer bytes = ByteBuffer.wrap(torn);
      while (bytes.hasRemaining()) {
        open.write(bytes);
      }
      open.force(true);
    }
    return aside;
  }

  @Override
  public boolean wasReplaced() throws IOException {
    try {
      return !Objects.equals(fileKey, attributes().fileKey()) || channel().size() < end;
    } catch (NoSuchFileException moved) {
      return true;
    }
  }

  @Override
  public void close() throws IOException {
    synchronized (opening) {
      FileChannel open = channel;
      channel = null;
      if (open != null) {
        open.close();
      }
    }
  }

  private FileChannel channel() throws IOException {
    FileChannel open = channel;
    if (open == null) {
      throw new IOException("the audit file is not open");
    }
    return open;
  }

  private FileChannel open() throws IOException {
    if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      if (!attributes().isRegularFile()) {
        throw new IOException(path + " is not a regular file");
      }
      Set<PosixFilePermission> permissions =
          Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS);
      if (permissions.contains(PosixFilePermission.GROUP_WRITE)
          || permissions.contains(PosixFilePermission.OTHERS_WRITE)) {
        throw new IOException(path + " may be written by others than its owner");
      }
    }
    return FileChannel.open(
        path,
        APPEND,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
  }

  private FileLock lock(FileChannel open) throws IOException {
    @Nullable FileLock lock;
    try {
      lock = open.tryLock();
    } catch (OverlappingFileLockException ours) {
      lock = null;
    }
    if (lock == null) {
      throw new IOException(path + " is being written by another process");
    }
    return lock;
  }

  private BasicFileAttributes attributes() throws IOException {
    return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
  }

  /** A file that was just made is lost in a power cut until its folder is on the disk. */
  private void syncFolder() throws IOException {
    try (FileChannel folder = FileChannel.open(path.getParent(), StandardOpenOption.READ)) {
      folder.force(true);
    }
  }
}
