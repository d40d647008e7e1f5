package dev.leasehold.experiments;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.leasehold.experiments.Payload.Place;
import dev.leasehold.experiments.SeenRequest.Belief;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class CountingTest {
  private static final String GET = "GET /ok/1 HTTP/1.1\r\nHost: h\r\n\r\n";
  private static final String BOTH =
      "POST /ok/1 HTTP/1.1\r\nContent-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n";

  @Test
  void requestWithoutDecisionIsSurplus() {
    Tally tally = new Tally(List.of(GET + GET), List.of("/ok/1"));
    tally.judge(1, "twice", 2);

    assertEquals(1, tally.surplus());
    assertEquals(0, tally.ambiguous());
  }

  @Test
  void requestThatHadToBeRefusedIsCountedThoughItWasAllowed() {
    Tally tally = new Tally(List.of(GET), List.of("/ok/1"));
    tally.judge(1, "accepted", 0);

    assertEquals(0, tally.surplus());
    assertEquals(1, tally.ambiguous());
  }

  @Test
  void goodRequestThatDidNotArriveIsLost() {
    Tally tally =
        new Tally(List.of("POST /ok/1 HTTP/1.1\r\nContent-Length: 5\r\n\r\nhell"), List.of());
    tally.judge(1, "half", 1);

    assertEquals(1, tally.lost());
  }

  @Test
  void bytesWithTwoReadingsAreAFaultEvenIfBothWereAllowed() {
    assertEquals(1, SeenRequest.read(BOTH, Belief.CHUNKS).size());
    assertEquals(2, SeenRequest.read(BOTH, Belief.LENGTH).size());

    Tally tally = new Tally(List.of(BOTH + GET), List.of("/ok/1", "/ok/1"));
    assertTrue(tally.surplus() > 0);
  }

  @Test
  void lineForTheProxyAloneIsAFaultWhereItArrives() {
    String named = GET.replace("Host", "Proxy-Authorization: x\r\nHost");

    assertTrue(new Tally(List.of(named), List.of("/ok/1")).surplus() > 0);
  }

  @Test
  void chunkedBodyEndsWhereItsLastChunkDoes() {
    String body =
        "POST /ok/2 HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n";

    assertEquals(
        List.of(new SeenRequest("/ok/2", true, true), new SeenRequest("/ok/1", true, true)),
        SeenRequest.read(body + GET, Belief.LENGTH));
    assertFalse(
        SeenRequest.read(body.substring(0, body.length() - 2), Belief.LENGTH).getFirst().whole());
  }

  @Test
  void everyPayloadHasItsOwnNameAndFillsInWhatItSays() throws IOException {
    Place place = new Place("http://h:1", "h:1", "Proxy-Authorization: x\r\n", "t:2");
    Set<String> names = new HashSet<>();
    for (Payload payload : Payload.all()) {
      String bytes = payload.bytes(place, 7);
      assertTrue(names.add(payload.name()), payload.name());
      assertFalse(bytes.matches("(?s).*\\{[A-Z]+\\}.*"), payload.name());
      assertTrue(bytes.indexOf("{") < 0, payload.name());
    }
    assertTrue(names.size() > 120);
    assertEquals(
        "GET http://h:1/ok/7 HTTP/1.1\r\n"
            + "Host: h:1\r\n"
            + "Proxy-Authorization: x\r\n"
            + "Connection: close\r\n\r\n",
        Payload.all().getFirst().bytes(place, 7));
  }

  @Test
  void spellingsAreThoseOfTheirNames() {
    assertEquals("czNjcmV0L3MzY", Spelling.BASE64.write("s3cret/s3c"));
    assertEquals("%73%2F", Spelling.PERCENT_ALL.write("s/"));
    assertEquals("s%2F", Spelling.PERCENT.write("s/"));
    assertEquals("\\u0073\\u002f", Spelling.JSON_ALL.write("s/"));
    assertTrue(SpecialAddress.spellings().size() > 400);
  }

  @Test
  void lineHasTheMembersOfItsContractAndIsGoodOnlyWithItsControl() {
    JsonObject line = new JsonObject(Outcome.none(3, 0, "requests", false, "").json("E13", 5, "x"));

    assertEquals(
        Set.of("id", "n", "value", "unit", "threshold", "pass", "control", "seed", "servers"),
        line.fieldNames());
    assertEquals("missed", line.getString("control"));
    assertFalse(Outcome.none(3, 0, "requests", false, "").good());
    assertFalse(Outcome.none(3, 1, "requests", true, "").good());
    assertFalse(Outcome.atMost(1, 10.1, "MiB", 10, true, "").good());
    assertFalse(Outcome.atMost(1, 10, "MiB", 10, true, "").failedBy(1).good());
    assertTrue(Outcome.atMost(1, 10, "MiB", 10, true, "").failedBy(0).good());
  }

  @Test
  void unknownExperimentIsRefused() {
    ByteArrayOutputStream printed = new ByteArrayOutputStream();

    assertEquals(64, Main.run(List.of("E99"), new PrintStream(printed, true, UTF_8)));
    assertEquals(64, Main.run(List.of("--seed"), new PrintStream(printed, true, UTF_8)));
    assertEquals("", printed.toString(UTF_8));
  }
}
