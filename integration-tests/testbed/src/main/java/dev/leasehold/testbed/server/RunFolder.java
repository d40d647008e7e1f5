package dev.leasehold.testbed.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * A folder for one run with what was started in it. Closing ends everything in reverse order and
 * removes the folder; so does the end of the JVM, even by SIGKILL, if nobody closed it.
 *
 * <p>Its path is short, since a Unix socket's is limited to 107 bytes, and others may pass through
 * it (mode 0711), since servers under other accounts live in it.
 */
public final class RunFolder implements AutoCloseable {

  private static final Set<RunFolder> OPEN = ConcurrentHashMap.newKeySet();

  static {
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(() -> List.copyOf(OPEN).forEach(RunFolder::close), "testbed-cleanup"));
  }

  private final Path path;
  private final DeathWatch watch;
  private final Deque<AutoCloseable> contents = new ArrayDeque<>();
  private boolean closed;

  private RunFolder(Path path) {
    this.path = path;
    this.watch = DeathWatch.over(path);
  }

  public static RunFolder create() {
    try {
      Path path = Files.createTempDirectory("lh");
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwx--x--x"));
      RunFolder folder = new RunFolder(path);
      OPEN.add(folder);
      return folder;
    } catch (IOException full) {
      throw new UncheckedIOException(full);
    }
  }

  public Path path() {
    return path;
  }

  /** A new folder inside, mode 0711, ours. */
  public Path folder(String name) {
    try {
      Path child = Files.createDirectory(path.resolve(name));
      return Files.setPosixFilePermissions(child, PosixFilePermissions.fromString("rwx--x--x"));
    } catch (IOException taken) {
      throw new UncheckedIOException(taken);
    }
  }

  /** Has this closed before the folder goes; at once if the folder is already gone. */
  public <T extends AutoCloseable> T keep(T content) {
    synchronized (contents) {
      if (!closed) {
        contents.push(content);
        return content;
      }
    }
    closeQuietly(content);
    throw new IllegalStateException("the run folder is closed");
  }

  @Override
  public void close() {
    Deque<AutoCloseable> left;
    synchronized (contents) {
      if (closed) {
        return;
      }
      closed = true;
      left = new ArrayDeque<>(contents);
      contents.clear();
    }
    left.forEach(RunFolder::closeQuietly);
    remove();
    watch.end();
    OPEN.remove(this);
  }

  private static void closeQuietly(AutoCloseable content) {
    try {
      content.close();
    } catch (Exception failed) {
      System.err.println("testbed: could not close " + content + ": " + failed);
    }
  }

  private void remove() {
    try (Stream<Path> files = Files.walk(path)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException | UncheckedIOException busy) {
      System.err.println("testbed: could not remove " + path + ": " + busy);
    }
  }
}
