package dev.leasehold.broker.lease;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.leasehold.broker.lease.JournalRecord.LeaseMade;
import dev.leasehold.broker.lease.JournalRecord.ReadIntent;
import dev.leasehold.broker.lease.JournalRecord.TaskIntent;
import dev.leasehold.broker.lease.JournalRecord.TokenMade;
import dev.leasehold.broker.secret.Revocability;
import dev.leasehold.broker.secret.SecretFields;
import dev.leasehold.broker.task.Signal;
import dev.leasehold.broker.task.Task;
import dev.leasehold.broker.task.TaskId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class JournalTest {
  private static final Instant LATER = Instant.parse("2030-01-01T00:10:00Z");
  private static final TaskId TASK = new TaskId("tsk_00000000000000000001");
  private static final List<JournalRecord> LIFE =
      List.of(
          new TaskIntent(TASK, "kind", LATER),
          new TokenMade(TASK, "accessor with a space", "gen-1"),
          new ReadIntent(TASK, 1, "database", Revocability.HARD, LATER),
          new LeaseMade(TASK, 1, "engine/creds/database/%1\n", LATER));

  private Path stateDir;

  @BeforeEach
  void place(@TempDir Path folder) {
    stateDir = folder.resolve("state");
  }

  private Path file() {
    return stateDir.resolve("journal");
  }

  private void writeLife() throws JournalException {
    try (Journal journal = Journal.open(stateDir)) {
      journal.write(LIFE.toArray(JournalRecord[]::new));
    }
  }

  private List<JournalRecord> reopened() throws JournalException {
    try (Journal journal = Journal.open(stateDir)) {
      return journal.previous().records();
    }
  }

  @Test
  void whatWasWrittenIsThereAfterEveryReopening() throws IOException {
    // When
    writeLife();

    // Then
    assertEquals(LIFE, reopened());
    assertEquals(LIFE, reopened());
  }

  @Test
  void lastRecordTornAtAnyByteIsForgottenAndAllBeforeItKept() throws IOException {
    // Given
    writeLife();
    byte[] whole = Files.readAllBytes(file());
    int lastLine = JournalFormat.line(LIFE.getLast()).length;

    for (int torn = 1; torn <= lastLine; torn++) {
      // When
      Files.write(file(), Arrays.copyOf(whole, whole.length - torn));

      // Then
      try (Journal journal = Journal.open(stateDir)) {
        assertEquals(LIFE.subList(0, 3), journal.previous().records(), torn + " bytes torn off");
        assertEquals(Optional.empty(), journal.locked());
      }
    }
  }

  @Test
  void recordsThatNobodyWaitsForAreBeforeTheNextOnesThatSomebodyDoes() throws IOException {
    // When
    try (Journal journal = Journal.open(stateDir)) {
      LIFE.subList(0, 3).forEach(journal::note);
      journal.write(LIFE.get(3));
    }

    // Then
    assertEquals(LIFE, reopened());
  }

  @Test
  void recordsThatNobodyWaitsForBecomeDurableByThemselves() throws Exception {
    // Given
    CountDownLatch opened = new CountDownLatch(1);
    CountDownLatch durable = new CountDownLatch(1);
    try (Journal journal =
        Journal.open(
            stateDir,
            (channel, metadata) -> {
              channel.force(metadata);
              if (opened.getCount() == 0) {
                durable.countDown();
              }
            })) {
      opened.countDown();

      // When
      LIFE.forEach(journal::note);

      // Then
      assertTrue(durable.await(20, TimeUnit.SECONDS));
    }
  }

  @Test
  void recordsAfterATornOneAreReadAgain() throws IOException {
    // Given
    writeLife();
    byte[] whole = Files.readAllBytes(file());
    Files.write(file(), Arrays.copyOf(whole, whole.length - 3));

    // When
    try (Journal journal = Journal.open(stateDir)) {
      journal.write(LIFE.getLast());
    }

    // Then
    assertEquals(LIFE, reopened());
  }

  @Test
  void damageInTheMiddleKeepsTheRestAndLocksOpening() throws IOException {
    // Given
    writeLife();
    byte[] whole = Files.readAllBytes(file());
    int middle = whole.length - JournalFormat.line(LIFE.getLast()).length - 2;
    whole[middle] ^= 1; // in the record before the last one

    // When
    Files.write(file(), whole);

    // Then
    try (Journal journal = Journal.open(stateDir)) {
      assertEquals(LIFE.subList(0, 2), journal.previous().records());
      assertTrue(journal.locked().isPresent());
      assertTrue(Files.exists(stateDir.resolve("journal.damaged")));
    }
  }

  @Test
  void fileThatHasGrownIsWrittenAnewWithWhatStillMatters() throws IOException {
    // Given
    long grown = 1 << 20;
    List<JournalRecord> over = new ArrayList<>();
    for (int i = 0; i < 20_000; i++) {
      TaskId id = new TaskId("tsk_" + "%020x".formatted(i + 16));
      over.add(new TaskIntent(id, "kind", LATER));
      over.add(new JournalRecord.Done(id));
    }

    try (Journal journal = Journal.open(stateDir)) {
      journal.write(LIFE.toArray(JournalRecord[]::new));

      // When
      journal.write(over.toArray(JournalRecord[]::new));
      journal.write(new JournalRecord.Locked("a leak")); // after which it is written anew

      // Then
      assertTrue(Files.size(file()) < grown / 2, "it has " + Files.size(file()) + " bytes");
    }
    List<JournalRecord> kept = reopened();
    assertEquals(LIFE, kept.subList(0, LIFE.size()));
    assertEquals(
        List.of(new JournalRecord.Locked("a leak")), kept.subList(LIFE.size(), kept.size()));
  }

  @Test
  void noTokenAndNoSecretIsEverInTheStateFolder() throws IOException {
    // Given
    try (LeaseTester tester = new LeaseTester(stateDir)) {
      Task task = tester.open();
      tester.touch(task, LeaseTester.DATABASE);
      tester.touch(task, LeaseTester.QUEUE);

      // When
      String held = everyByte();
      tester.end(task, Signal.COMPLETED);
      String all = held + everyByte();

      // Then
      assertTrue(held.contains("accessor-1"), "what is looked through is not what was written");
      assertFalse(all.contains("token-of-"));
      assertEquals(2, tester.store.given().size());
      for (SecretFields given : tester.store.given()) {
        assertEquals(List.of("password", "username"), given.names().stream().sorted().toList());
      }
      assertFalse(all.contains("password-"));
      assertFalse(all.contains("user-"));
    }
  }

  private String everyByte() throws IOException {
    StringBuilder all = new StringBuilder();
    try (Stream<Path> files = Files.list(stateDir)) {
      for (Path path : files.toList()) {
        all.append(new String(Files.readAllBytes(path), StandardCharsets.ISO_8859_1));
      }
    }
    return all.toString();
  }

  @Test
  void onlyItsOwnerCanReadIt() throws IOException {
    // When
    writeLife();

    // Then
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file())));
    assertEquals(
        "rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(stateDir)));
  }

  @Test
  void secondOpenerIsRefusedUntilTheFirstCloses() throws IOException {
    // Given
    try (Journal first = Journal.open(stateDir)) {
      // When
      assertThrows(JournalException.class, () -> Journal.open(stateDir).close());

      // Then
      first.write(LIFE.getFirst());
    }
    assertEquals(List.of(LIFE.getFirst()), reopened());
  }

  @Test
  void lockOfRevokeAllIsInForceAgainAfterReopeningUntilItIsReleased() throws IOException {
    // Given
    try (LeaseTester tester = new LeaseTester(stateDir)) {
      new RevokeAll(tester.surroundings, tester.tasks, tester.ends).engage("a leak");
    }

    // When
    try (LeaseTester tester = new LeaseTester(stateDir)) {
      RevokeAll again = new RevokeAll(tester.surroundings, tester.tasks, tester.ends);

      // Then
      assertEquals(Optional.of("a leak"), again.locked());
      assertEquals(Optional.of("a leak"), tester.tasks.locked());
      again.release();
    }
    try (LeaseTester tester = new LeaseTester(stateDir)) {
      assertEquals(
          Optional.empty(), new RevokeAll(tester.surroundings, tester.tasks, tester.ends).locked());
    }
  }

  @Test
  void journalOfAnotherVersionIsLeftAlone() throws IOException {
    // Given
    writeLife();
    String other = "leasehold-journal 2";
    CRC32C crc = new CRC32C();
    crc.update(other.getBytes(StandardCharsets.US_ASCII));
    Files.writeString(
        file(),
        String.format("%08x %s%n", crc.getValue(), other),
        StandardOpenOption.TRUNCATE_EXISTING);
    byte[] before = Files.readAllBytes(file());

    // Then
    assertThrows(JournalException.class, () -> Journal.open(stateDir).close());
    assertEquals(-1, Arrays.mismatch(before, Files.readAllBytes(file())));
  }
}
