package dev.leasehold.testbed.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class RunFolderTest {

  @Test
  void closingEndsContentsInReverseAndRemovesTheFolder() throws IOException {
    // Given
    List<String> closed = new ArrayList<>();
    RunFolder run = RunFolder.create();
    Files.writeString(run.folder("a").resolve("file"), "x");
    run.keep(() -> closed.add("first"));
    run.keep(() -> closed.add("second"));

    // When
    run.close();
    run.close();

    // Then
    assertEquals(List.of("second", "first"), closed);
    assertFalse(Files.exists(run.path()));
  }

  @Test
  void contentThatCannotBeClosedDoesNotKeepTheRestAlive() {
    // Given
    List<String> closed = new ArrayList<>();
    RunFolder run = RunFolder.create();
    run.keep(() -> closed.add("first"));
    run.keep(
        () -> {
          throw new IOException("stuck");
        });

    // When
    run.close();

    // Then
    assertEquals(List.of("first"), closed);
    assertFalse(Files.exists(run.path()));
  }

  @Test
  void closedFolderTakesNothingMoreAndClosesIt() {
    // Given
    List<String> closed = new ArrayList<>();
    RunFolder run = RunFolder.create();
    run.close();

    // When
    assertThrows(IllegalStateException.class, () -> run.keep(() -> closed.add("late")));

    // Then
    assertEquals(List.of("late"), closed);
  }

  @Test
  void socketsInItHaveShortPaths() {
    // When
    try (RunFolder run = RunFolder.create()) {

      // Then
      assertTrue(run.path().resolve("folder/name.sock").toString().length() < 107);
    }
  }

  @Test
  void processIsEndedWithItsChildren() {
    // Given
    try (RunFolder run = RunFolder.create()) {
      ServerProcess process =
          ServerProcess.start(
              "parent", run.path(), List.of("sh", "-c", "sleep 300 & echo up; wait"), Map.of());
      process.awaitReady("the child runs", () -> process.output().contains("up"));
      List<ProcessHandle> family = family(process.pid());
      assertEquals(2, family.size());

      // When
      process.close();

      // Then
      assertEquals(List.of(), family.stream().filter(ProcessHandle::isAlive).toList());
    }
  }

  @Test
  void pausedProcessIsEndedToo() {
    // Given
    try (RunFolder run = RunFolder.create()) {
      ServerProcess process =
          ServerProcess.start("paused", run.path(), List.of("sleep", "300"), Map.of());
      process.pause();

      // When
      process.close();

      // Then
      assertFalse(process.isAlive());
    }
  }

  @Test
  void processThatEndsInsteadOfAnsweringSaysWhatItPrinted() {
    // Given
    try (RunFolder run = RunFolder.create()) {
      ServerProcess process =
          ServerProcess.start(
              "broken", run.path(), List.of("sh", "-c", "echo port taken; exit 3"), Map.of());

      // When
      IllegalStateException failed =
          assertThrows(
              IllegalStateException.class, () -> process.awaitReady("it answers", () -> false));

      // Then
      assertTrue(failed.toString().contains("broken ended with 3"), failed.toString());
      assertTrue(failed.toString().contains("port taken"), failed.toString());
    }
  }

  @Test
  void portsAreNeverGivenTwice() {
    // When
    long different = Stream.generate(FreePorts::next).limit(100).distinct().count();

    // Then
    assertEquals(100, different);
  }

  private static List<ProcessHandle> family(long pid) {
    ProcessHandle parent = ProcessHandle.of(pid).orElseThrow();
    return Stream.concat(Stream.of(parent), parent.descendants()).toList();
  }

  @Test
  void folderMayBeEnteredByServersUnderOtherAccounts() throws IOException {
    // When
    try (RunFolder run = RunFolder.create()) {
      Path child = run.folder("server");

      // Then
      assertEquals(0711, (Integer) Files.getAttribute(run.path(), "unix:mode") & 0777);
      assertEquals(0711, (Integer) Files.getAttribute(child, "unix:mode") & 0777);
    }
  }
}
