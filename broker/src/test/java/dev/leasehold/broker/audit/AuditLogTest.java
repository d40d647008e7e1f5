package dev.leasehold.broker.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.leasehold.broker.audit.LogTester.Outcome;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class AuditLogTest {
  private static final List<String> WRITTEN = List.of("written");
  private static final List<String> REFUSED = List.of("refused: the audit log cannot be written");
  private static final Duration OVER_A_SECOND = Duration.ofMillis(1001);

  private LogTester tester = open(FsyncPolicy.DEFAULT);

  private static LogTester open(FsyncPolicy fsync) {
    try {
      return new LogTester(fsync);
    } catch (IOException failure) {
      throw new IllegalStateException(failure);
    }
  }

  @AfterEach
  void close() {
    assertChainIsWhole(tester.sink().lines());
    tester.close();
  }

  @Test
  void theFirstLineSaysThatTheLogGoesOn() {
    assertEquals(List.of("started"), tester.causes());
    assertTrue(tester.log().writable());
  }

  @Test
  void nobodyIsToldThatItIsWrittenBeforeItIs() {
    // Given
    Outcome outcome = tester.ask("one");
    List<String> early = List.copyOf(outcome.calls());

    // When
    tester.work();

    // Then
    assertEquals(List.of(), early);
    assertEquals(WRITTEN, outcome.calls());
    assertEquals(List.of("write", "written"), tester.sink().acts());
  }

  @Test
  void theOrderOfCallsIsKept() {
    // Given
    tester.tell("one");
    tester.ask("two");
    tester.tell("three");
    tester.work();
    tester.ask("four");

    // When
    tester.work();

    // Then
    assertEquals(List.of("started", "one", "two", "three", "four"), tester.causes());
  }

  @Test
  void whatWaitsIsWrittenTogether() {
    // Given
    tester.ask("one");
    tester.ask("two");

    // When
    tester.work();

    // Then
    assertEquals(List.of("write", "written", "written"), tester.sink().acts());
  }

  @Test
  void aFullQueueRefusesAtOnce() {
    // Given
    for (int i = 0; i < LogTester.CAPACITY; i++) {
      tester.ask("fits");
    }

    // When
    Outcome outcome = tester.ask("too much");

    // Then
    assertEquals(REFUSED, outcome.calls());
    tester.work();
    assertEquals(REFUSED, outcome.calls());
    assertFalse(tester.causes().contains("too much"));
    assertEquals(1, tester.counted("refused"));
  }

  @Test
  void whatHasWaitedForASecondIsRefusedAndNotWritten() {
    // Given
    Outcome outcome = tester.ask("slow");
    tester.pass(OVER_A_SECOND);

    // When
    tester.watch();
    tester.work();

    // Then
    assertEquals(REFUSED, outcome.calls());
    assertEquals(List.of("started"), tester.causes());
  }

  @Test
  void whatIsTooOldWhenItsTurnComesIsRefusedThoughNobodyWatched() {
    // Given
    Outcome outcome = tester.ask("slow");
    tester.pass(OVER_A_SECOND);

    // When
    tester.work();

    // Then
    assertEquals(REFUSED, outcome.calls());
    assertEquals(List.of("started"), tester.causes());
  }

  @Test
  void aWriteThatHangsRefusesWhoWaitsAndSaysSo() {
    // Given
    Outcome outcome = tester.ask("hangs");
    AtomicReference<Optional<String>> meanwhile = new AtomicReference<>(Optional.empty());
    AtomicReference<List<String>> next = new AtomicReference<>(List.of());
    tester
        .sink()
        .duringWrite(
            () -> {
              tester.pass(OVER_A_SECOND);
              tester.watch();
              meanwhile.set(tester.log().notWritable());
              next.set(tester.ask("next").calls());
            });

    // When
    tester.work();

    // Then
    assertEquals(REFUSED, outcome.calls());
    assertEquals(Optional.of("the audit sink has not taken a write for 1 s"), meanwhile.get());
    assertEquals(REFUSED, next.get());
    assertTrue(tester.log().writable());
  }

  @Test
  void aFailedWriteRefusesAndIsNamed() {
    // Given
    Outcome waiting = tester.ask("waiting");
    tester.sink().failWrites("No space left on device");

    // When
    tester.work();
    Outcome later = tester.ask("later");

    // Then
    assertEquals(REFUSED, waiting.calls());
    assertEquals(REFUSED, later.calls());
    assertEquals(
        Optional.of("audit fake: write failed: No space left on device"),
        tester.log().notWritable());
    assertEquals(List.of(), tester.broken());
  }

  @Test
  void writingResumesByItselfWithALineThatSaysWhy() {
    // Given
    tester.ask("refused");
    tester.tell("has happened");
    tester.sink().failWrites("No space left on device");
    tester.work();
    tester.sink().heal();
    tester.pass(OVER_A_SECOND);

    // When
    tester.work();

    // Then
    assertEquals(
        List.of(
            "started",
            "after a failure: audit fake: write failed: No space left on device",
            "has happened"),
        tester.causes());
    assertTrue(tester.log().writable());
    assertEquals(WRITTEN, workFor(tester.ask("again")).calls());
  }

  @Test
  void aBrokenSinkIsTriedOnceASecondOnly() {
    // Given
    tester.tell("has happened");
    tester.sink().failWrites("full");
    tester.work();
    tester.sink().acts().clear();

    // When
    tester.work();
    tester.work();

    // Then
    assertEquals(List.of(), tester.sink().acts());
  }

  @Test
  void whatHasHappenedAndIsLostIsCounted() {
    // Given
    tester.sink().failWrites("full");
    tester.tell("0");
    tester.work();
    for (int i = 1; i < 2 * LogTester.CAPACITY + 3; i++) {
      tester.tell(Integer.toString(i));
    }
    tester.sink().heal();
    tester.pass(OVER_A_SECOND);

    // When
    tester.work();

    // Then
    assertEquals(
        "after a failure: audit fake: write failed: full; 3 events lost", tester.causes().get(1));
    assertEquals(2 + 2 * LogTester.CAPACITY, tester.causes().size());
  }

  @Test
  void aFailedFsyncFencesEverything() {
    // Given
    workFor(tester.ask("thought to be safe"));
    tester.sink().failSyncs("Input/output error");

    // When
    tester.sync();

    // Then
    assertEquals(List.of("audit fake: fsync failed: Input/output error"), tester.broken());
    assertFalse(tester.log().writable());
    assertEquals(REFUSED, tester.ask("later").calls());
  }

  @Test
  void aRotatedFileThatCannotBeForcedFencesEverything() {
    // Given
    workFor(tester.ask("thought to be safe"));
    tester.sink().failSyncs("Input/output error");
    tester.log().reopen();

    // When
    tester.work();

    // Then
    assertEquals(List.of("audit fake: fsync failed: Input/output error"), tester.broken());
    assertFalse(tester.log().writable());
  }

  @Test
  void linesAreForcedInGroups() {
    // Given
    workFor(tester.ask("one"));
    workFor(tester.ask("two"));

    // When
    tester.sync();
    tester.sync();

    // Then
    assertEquals(List.of("write", "written", "write", "written", "sync"), tester.sink().acts());
    assertEquals(3, tester.counted("written"));
    assertEquals(3, tester.counted("synced"));
  }

  @Test
  void alwaysForcesBeforeAnybodyIsTold() {
    // Given
    tester.close();
    tester = open(FsyncPolicy.ALWAYS);

    // When
    workFor(tester.ask("one"));

    // Then
    assertEquals(List.of("write", "sync", "written"), tester.sink().acts());
  }

  @Test
  void alwaysRefusesAndFencesWhenItCannotForce() {
    // Given
    tester.close();
    tester = open(FsyncPolicy.ALWAYS);
    tester.sink().failSyncs("Input/output error");

    // When
    Outcome outcome = workFor(tester.ask("one"));

    // Then
    assertEquals(REFUSED, outcome.calls());
    assertEquals(1, tester.broken().size());
  }

  @Test
  void aFileThatWasMovedAwayIsOpenedAnew() {
    // Given
    tester.sink().replace();
    tester.pass(OVER_A_SECOND);

    // When
    workFor(tester.ask("one"));

    // Then
    assertEquals(List.of("started", "the file was moved or shortened", "one"), tester.causes());
  }

  @Test
  void whatIsLeftWhenItClosesIsRefused() throws IOException {
    // Given
    Outcome outcome = tester.ask("left");

    // When
    tester.log().writer().close();

    // Then
    assertEquals(REFUSED, outcome.calls());
    assertEquals(REFUSED, tester.ask("later").calls());
  }

  @Test
  void aQueryIsNeverWritten() {
    // Given
    tester
        .log()
        .append(
            new BrokerEvent.CallerRefused(
                "uid:7",
                dev.leasehold.broker.telemetry.Problem.FORBIDDEN,
                "GET",
                "/v1/tasks?token=canary",
                ""));

    // When
    tester.work();

    // Then
    String line = tester.sink().lines().getLast();
    assertTrue(line.contains("\"path\":\"/v1/tasks\""), line);
    assertFalse(line.contains("canary"), line);
  }

  @Test
  void noTextBreaksTheLineOrMakesItTooLong() {
    // Given
    String nasty = "\n{\"seq\":1}\u2028\u202e\"\\\ud800".repeat(500);

    // When
    tester.tell(nasty);
    tester.work();

    // Then
    assertEquals(2, tester.sink().lines().size());
    String line = tester.sink().lines().getLast();
    assertTrue(line.length() < AuditLine.MOST_BYTES);
    assertTrue(line.contains("…[cut]"), line);
  }

  private Outcome workFor(Outcome outcome) {
    tester.work();
    return outcome;
  }

  private static void assertChainIsWhole(List<String> lines) {
    List<Head> heads = new ArrayList<>(List.of(Head.NONE));
    for (String text : lines) {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      ChainedLine line = ChainedLine.parse(bytes).orElseThrow();
      assertEquals(heads.getLast().hash(), line.prev());
      assertEquals(heads.getLast().seq() + 1, line.seq());
      assertEquals(ChainedLine.hashOf(bytes), line.hash());
      heads.add(new Head(line.seq(), line.hash()));
    }
  }
}
