package dev.leasehold.broker.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.leasehold.broker.telemetry.Metrics;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The log on a real file, with its own threads. */
final class AuditFileTest {
  private static final String ZEROES = "0".repeat(64);

  @TempDir private Path folder;
  private final Metrics metrics = new Metrics("test", "test");

  @AfterEach
  void close() {
    metrics.close();
  }

  @Test
  void theChainGoesOnOverARestart() throws IOException {
    // Given
    write("one");

    // When
    write("two");

    // Then
    ChainVerifier.Finding.Whole whole = whole(file());
    assertEquals(ZEROES, whole.firstPrev());
    assertEquals(4, whole.lines());
    assertEquals(4, whole.lastSeq());
  }

  @Test
  void theChainGoesOnInANewFileWhenTheOldOneIsRenamed() throws Exception {
    // Given
    Path rotated = folder.resolve("audit.jsonl.1");
    try (AuditLog log = open()) {
      log.appendAndWait(event("one"));
      Files.move(file(), rotated);

      // When
      log.reopen();
      log.appendAndWait(event("two"));
      log.appendAndWait(event("three"));
    }

    // Then
    assertEquals(whole(rotated).lastHash(), whole(file()).firstPrev());
    assertTrue(Files.readString(file()).contains("\"three\""));
  }

  @Test
  void aRenamedFileIsNoticedByItself() throws Exception {
    // Given
    Path rotated = folder.resolve("audit.jsonl.1");
    try (AuditLog log = open()) {
      log.appendAndWait(event("one"));
      Files.move(file(), rotated);

      // When
      long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
      while (!Files.exists(file()) && System.nanoTime() - until < 0) {
        log.appendAndWait(event("more"));
      }
    }

    // Then
    assertEquals(whole(rotated).lastHash(), whole(file()).firstPrev());
  }

  @Test
  void aRestartAfterRotationContinuesTheRotatedFile() throws IOException {
    // Given
    write("one");
    Path rotated = folder.resolve("audit.jsonl-20261125");
    Files.move(file(), rotated);

    // When
    write("two");

    // Then
    assertEquals(whole(rotated).lastHash(), whole(file()).firstPrev());
  }

  @Test
  void aTornLastLineIsSetAsideAndTheChainGoesOn() throws IOException {
    // Given
    write("one");
    Files.writeString(file(), "{\"time\":\"2026-11", StandardOpenOption.APPEND);

    // When
    write("two");

    // Then
    assertEquals(4, whole(file()).lines());
    List<String> torn = new ArrayList<>();
    try (DirectoryStream<Path> found = Files.newDirectoryStream(folder, "*.torn-*")) {
      for (Path path : found) {
        torn.add(Files.readString(path));
      }
    }
    assertEquals(List.of("{\"time\":\"2026-11"), torn);
    assertTrue(
        Files.readString(file()).contains("16 bytes of a torn line are in audit.jsonl.torn-"));
  }

  @Test
  void aLastLineThatWasChangedKeepsTheLogFromOpening() throws IOException {
    // Given
    write("one");
    Files.writeString(file(), Files.readString(file()).replace("\"one\"", "\"0ne\""));

    // When
    IOException refusal = assertThrows(IOException.class, () -> open().close());

    // Then
    assertTrue(String.valueOf(refusal.getMessage()).contains("was changed"));
  }

  @Test
  void twoLogsCannotWriteOneFile() throws IOException {
    // Given
    try (AuditLog first = open()) {

      // When
      IOException refusal = assertThrows(IOException.class, () -> open().close());

      // Then
      assertTrue(String.valueOf(refusal.getMessage()).contains("another process"));
      assertTrue(first.writable());
    }
  }

  @Test
  void theFileIsForItsOwnerAlone() throws IOException {
    // When
    write("one");

    // Then
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file())));
  }

  @Test
  void aFileThatOthersMayWriteIsRefused() throws IOException {
    // Given
    write("one");
    Files.setPosixFilePermissions(file(), PosixFilePermissions.fromString("rw-rw-r--"));

    // When
    IOException refusal = assertThrows(IOException.class, () -> open().close());

    // Then
    assertTrue(String.valueOf(refusal.getMessage()).contains("others than its owner"));
  }

  @Test
  void whatIsNoRegularFileIsRefused() {
    // Given
    AuditConfig config = AuditConfig.toFile(Path.of("/dev/full"), FsyncPolicy.DEFAULT);

    // Then
    assertThrows(IOException.class, () -> AuditLog.open(config, metrics, why -> {}).close());
  }

  @Test
  void aFullDiskIsAFailedWrite() throws IOException {
    // Given
    try (FileOutputStream full = new FileOutputStream("/dev/full")) {
      StdoutSink sink = new StdoutSink(full.getChannel());

      // Then
      assertThrows(IOException.class, () -> sink.write(ByteBuffer.wrap(new byte[] {'x'})));
    }
  }

  @Test
  void aClosedFileTakesNothing() throws IOException {
    // Given
    write("one");
    String before = Files.readString(file());
    FileSink sink = new FileSink(file());
    sink.reopen();

    // When
    sink.close();

    // Then
    assertThrows(IOException.class, () -> sink.write(ByteBuffer.wrap(new byte[] {'x'})));
    assertEquals(before, Files.readString(file()));
  }

  @Test
  void standardOutputCarriesAChainToo() throws IOException {
    // Given
    Path output = folder.resolve("stdout");
    Chain chain = new Chain(Head.NONE);
    chain.beginBatch();
    chain.add(event("one"), 0);
    chain.add(event("two"), 0);
    try (FileChannel channel =
        FileChannel.open(output, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {

      // When
      new StdoutSink(channel)
          .write(ByteBuffer.wrap(chain.batch().buffer(), 0, chain.batch().length()));
    }

    // Then
    assertEquals(2, whole(output).lines());
  }

  @Test
  void manyThreadsWriteOneWholeChain() throws Exception {
    // Given
    int threads = 4;
    int each = 500;
    CountDownLatch written = new CountDownLatch(threads * each);
    List<Thread> writers = new ArrayList<>();

    // When
    try (AuditLog log = open()) {
      for (int t = 0; t < threads; t++) {
        String name = "thread-" + t + "-";
        writers.add(
            Thread.ofPlatform()
                .start(
                    () -> {
                      for (int i = 0; i < each; i++) {
                        log.append(event(name + i), counting(written));
                      }
                    }));
      }
      for (Thread writer : writers) {
        writer.join();
      }
      assertTrue(written.await(20, TimeUnit.SECONDS));
    }

    // Then
    assertEquals(1 + threads * each, whole(file()).lines());
    List<String> lines = Files.readAllLines(file());
    for (int t = 0; t < threads; t++) {
      String name = "\"thread-" + t + "-";
      List<Integer> numbers =
          lines.stream()
              .filter(line -> line.contains(name))
              .map(line -> line.substring(line.indexOf(name) + name.length()))
              .map(rest -> Integer.valueOf(rest.substring(0, rest.indexOf('"'))))
              .toList();
      assertEquals(numbers.stream().sorted().toList(), numbers);
      assertEquals(each, numbers.size());
    }
  }

  private static AuditReceipt counting(CountDownLatch written) {
    return new AuditReceipt() {
      @Override
      public void written() {
        written.countDown();
      }

      @Override
      public void refused(String why) {
        // Never counted: whoever waits for the count fails.
      }
    };
  }

  private Path file() {
    return folder.resolve("audit.jsonl");
  }

  private AuditLog open() throws IOException {
    return AuditLog.open(AuditConfig.toFile(file(), FsyncPolicy.DEFAULT), metrics, why -> {});
  }

  private void write(String word) throws IOException {
    try (AuditLog log = open()) {
      log.appendAndWait(event(word));
    }
  }

  private static AuditEvent event(String word) {
    return new BrokerEvent.Stopped(word);
  }

  private static ChainVerifier.Finding.Whole whole(Path path) throws IOException {
    return assertInstanceOf(ChainVerifier.Finding.Whole.class, ChainVerifier.verify(path));
  }
}
