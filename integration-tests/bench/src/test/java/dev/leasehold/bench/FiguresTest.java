package dev.leasehold.bench;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.leasehold.bench.Measure.Peer;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class FiguresTest {

  @Test
  void quantileIsTheSampleThatSoManyDoNotExceed() {
    Samples samples = Samples.of(5, 1, 4, 2, 3);

    assertEquals(3, samples.median());
    assertEquals(5, samples.quantile(0.99));
    assertEquals(1, samples.quantile(0.2));
  }

  @Test
  void coreListsAreReadAsTheKernelWritesThem() {
    assertEquals(List.of(0, 1, 2, 8), Cores.parse("0-2,8"));
    assertEquals(List.of(3), Cores.parse("3"));
  }

  @Test
  void goalsAreJudgedAtTheirEdge() {
    assertTrue(Measure.atLeastOfPeer("b", "m", "1/s", 75, 100, "p", 0.75).met());
    assertFalse(Measure.atLeastOfPeer("b", "m", "1/s", 74.9, 100, "p", 0.75).met());
    assertTrue(Measure.atMostAbovePeer("b", "m", "us", 160, 100, "p", 60).met());
    assertFalse(Measure.atMostAbovePeer("b", "m", "us", 160.1, 100, "p", 60).met());
    assertTrue(Measure.atMost("b", "m", "ms", 15, 15, Peer.NONE).met());
    assertFalse(Measure.atMost("b", "m", "ms", 15.1, 15, Peer.NONE).met());
  }

  @Test
  void jsonLineHasEveryMemberEvenWithoutAPeer() {
    // When
    JsonObject line = new JsonObject(Measure.atMost("b", "m", "ms", 1.234, 15, Peer.NONE).json());

    // Then
    assertEquals(
        Set.of("bench", "measure", "unit", "ours", "peer", "peer_name", "ratio", "goal", "met"),
        line.fieldNames());
    assertEquals(1.23, line.getDouble("ours"));
    assertEquals("<= 15", line.getString("goal"));
  }

  @Test
  void unknownAndUnbuiltBenchesAreRefusedWithoutFigures() {
    // Given
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(printed, true, UTF_8);

    // Then
    assertEquals(64, Main.run(List.of("htpt"), out));
    assertEquals(64, Main.run(List.of("start", "--seconds"), out));
    assertEquals(69, Main.run(List.of("postgres"), out));
    assertEquals("", printed.toString(UTF_8));
  }
}
