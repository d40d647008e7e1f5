package dev.leasehold.broker.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigWatcherTest {
  private static final Duration OFTEN = Duration.ofMillis(20);

  private final BlockingQueue<LoadResult> results = new LinkedBlockingQueue<>();

  @TempDir Path folder;

  @Test
  void aChangedFileIsReadAgainAndABrokenOneIsRefused() throws Exception {
    // Given
    Path file = Files.writeString(folder.resolve("config.yaml"), Sample.text());
    try (ConfigWatcher watcher =
        new ConfigWatcher(file, List.of(), OFTEN, results::add, new FakeMachine())) {
      watcher.start();

      // When
      Files.writeString(file, Sample.with("max-open: 20", "max-open: 211"));

      // Then
      LoadResult.Loaded loaded = assertInstanceOf(LoadResult.Loaded.class, next());
      assertEquals(211, Sample.named(loaded.configuration().kinds(), "restock").maxOpen());

      // When
      Files.writeString(file, "apiVersion: none");

      // Then
      assertInstanceOf(LoadResult.Refused.class, next());

      // When
      Files.delete(file);

      // Then
      assertInstanceOf(LoadResult.Refused.class, next());
    }
  }

  @Test
  void aLinkThatIsTurnedIsAChange() throws Exception {
    // Given
    Path one = Files.writeString(folder.resolve("one.yaml"), Sample.text());
    Path two = Files.writeString(folder.resolve("two.yaml"), Sample.text());
    Path link = Files.createSymbolicLink(folder.resolve("config.yaml"), one);
    try (ConfigWatcher watcher =
        new ConfigWatcher(link, List.of(), OFTEN, results::add, new FakeMachine())) {
      watcher.start();

      // When
      turn(link, two);

      // Then
      assertInstanceOf(LoadResult.Loaded.class, next());
    }
  }

  @Test
  void whoAsksGetsAReadingOfAnUnchangedFile() throws Exception {
    // Given
    Path file = Files.writeString(folder.resolve("config.yaml"), Sample.text());
    try (ConfigWatcher watcher =
        new ConfigWatcher(file, List.of(), Duration.ofHours(1), results::add, new FakeMachine())) {
      watcher.start();

      // When
      watcher.reload();

      // Then
      assertInstanceOf(LoadResult.Loaded.class, next());
    }
  }

  private static void turn(Path link, Path target) throws IOException {
    Path next = link.resolveSibling("next");
    Files.createSymbolicLink(next, target);
    Files.move(next, link, StandardCopyOption.ATOMIC_MOVE);
  }

  private LoadResult next() throws InterruptedException {
    LoadResult result = results.poll(20, TimeUnit.SECONDS);
    if (result == null) {
      throw new AssertionError("the file was not read again");
    }
    return result;
  }
}
