package dev.leasehold.broker.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a configuration again when its file has changed, or when told to. It looks at the file
 * instead of being told by the system, since links that are turned to another file (as Kubernetes
 * does it) are no change of any file. A change counts once the file has been still for one
 * interval, so that nothing half written is read.
 */
public final class ConfigWatcher implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ConfigWatcher.class);

  /** What differs when a file was changed or replaced; nothing for a file that is not there. */
  private record Stamp(FileTime modified, long size, Optional<Object> identity) {}

  private final Path file;
  private volatile List<Path> besides;
  private final Duration every;
  private final Consumer<LoadResult> taker;
  private final Machine machine;
  private final Semaphore told = new Semaphore(0);
  private @Nullable Thread watcher;

  /**
   * @param besides what else was read for the configuration in force
   * @param every the interval between two looks
   * @param taker gets what came of each reading, one at a time, on a thread of the watcher
   */
  public ConfigWatcher(Path file, List<Path> besides, Duration every, Consumer<LoadResult> taker) {
    this(file, besides, every, taker, Machine.local());
  }

  ConfigWatcher(
      Path file, List<Path> besides, Duration every, Consumer<LoadResult> taker, Machine machine) {
    this.file = file;
    this.besides = List.copyOf(besides);
    this.every = every;
    this.taker = taker;
    this.machine = machine;
  }

  /** Begins to look; what is in the file now counts as read. */
  public synchronized void start() {
    if (watcher != null) {
      throw new IllegalStateException("a watcher is started once");
    }
    List<Optional<Stamp>> now = stamps();
    watcher = Thread.ofVirtual().name("config-watcher").start(() -> watch(now));
  }

  /** Reads the file whether it has changed or not; returns at once. Any thread. */
  public void reload() {
    told.release();
  }

  private void watch(List<Optional<Stamp>> atStart) {
    List<Optional<Stamp>> taken = atStart;
    List<Optional<Stamp>> last = atStart;
    try {
      while (true) {
        boolean asked = told.tryAcquire(every.toNanos(), TimeUnit.NANOSECONDS);
        told.drainPermits();
        List<Optional<Stamp>> now = stamps();
        if (asked || !now.equals(taken) && now.equals(last)) {
          taken = now;
          read();
        }
        last = now;
      }
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
    }
  }

  private void read() {
    try {
      LoadResult result = ConfigLoader.load(file, machine);
      if (result instanceof LoadResult.Loaded loaded) {
        besides = loaded.configuration().besides();
      }
      taker.accept(result);
    } catch (RuntimeException bug) {
      log.error("event=config_reload_failed", bug);
    }
  }

  private List<Optional<Stamp>> stamps() {
    return Stream.concat(Stream.of(file), besides.stream()).map(ConfigWatcher::stamp).toList();
  }

  private static Optional<Stamp> stamp(Path file) {
    try {
      BasicFileAttributes found = Files.readAttributes(file, BasicFileAttributes.class);
      return Optional.of(
          new Stamp(found.lastModifiedTime(), found.size(), Optional.ofNullable(found.fileKey())));
    } catch (IOException absent) {
      return Optional.empty();
    }
  }

  /** Ends the watching; a reading that is under way ends first. */
  @Override
  public synchronized void close() {
    Thread running = watcher;
    if (running != null) {
      running.interrupt();
      try {
        running.join();
      } catch (InterruptedException stop) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
