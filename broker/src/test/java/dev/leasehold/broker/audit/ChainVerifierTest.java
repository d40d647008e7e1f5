package dev.leasehold.broker.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.leasehold.broker.audit.ChainVerifier.Finding;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChainVerifierTest {
  @TempDir Path folder;

  @Test
  void aChainAsItWasWrittenIsWhole() throws IOException {
    // Given
    List<String> lines = chain(5);

    // When
    Finding.Whole whole = assertInstanceOf(Finding.Whole.class, verify(lines));

    // Then
    assertEquals(5, whole.lines());
    assertEquals("0".repeat(64), whole.firstPrev());
    assertEquals(5, whole.lastSeq());
  }

  @Test
  void theFirstLineThatDoesNotFitIsNamed() throws IOException {
    assertEquals(3, broken(lines -> replaced(lines, 2, lines.get(2).replace("1.0-2", "9.9-9"))));
    assertEquals(3, broken(lines -> without(lines, 2)));
    assertEquals(2, broken(lines -> replaced(lines, 1, lines.get(2))));
    assertEquals(2, broken(lines -> replaced(lines, 1, "{}")));
    assertEquals(2, broken(lines -> replaced(lines, 1, "")));
  }

  @Test
  void aTornLastLineIsBroken() throws IOException {
    // Given
    Path file = folder.resolve("audit.jsonl");
    Files.writeString(file, String.join("\n", chain(2)) + "\n{\"time\":\"2026");

    // Then
    assertEquals(3, assertInstanceOf(Finding.Broken.class, ChainVerifier.verify(file)).line());
  }

  @Test
  void noLineIsNotAWholeChain() throws IOException {
    assertInstanceOf(Finding.Empty.class, verify(List.of()));
  }

  private long broken(UnaryOperator<List<String>> spoil) throws IOException {
    Finding finding = verify(spoil.apply(chain(5)));
    return assertInstanceOf(Finding.Broken.class, finding).line();
  }

  private Finding verify(List<String> lines) throws IOException {
    return ChainVerifier.verify(Files.write(folder.resolve("audit.jsonl"), lines));
  }

  private static List<String> chain(int length) {
    Chain chain = new Chain(Head.NONE);
    chain.beginBatch();
    for (int i = 0; i < length; i++) {
      chain.add(new BrokerEvent.Started("1.0-" + i, "v"), 1_800_000_000_000L + i);
    }
    String all =
        new String(chain.batch().buffer(), 0, chain.batch().length(), StandardCharsets.UTF_8);
    return all.lines().toList();
  }

  private static List<String> replaced(List<String> lines, int index, String line) {
    List<String> copy = new ArrayList<>(lines);
    copy.set(index, line);
    return copy;
  }

  private static List<String> without(List<String> lines, int index) {
    List<String> copy = new ArrayList<>(lines);
    copy.remove(index);
    return copy;
  }
}
