package dev.leasehold.broker.telemetry;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class JsonBytesTest {
  @ParameterizedTest
  @CsvSource({
    "0000, 0000", "0007, 0007", "000b, 000b", "001b, 001b", "001f, 001f", "007f, 007f",
    "0080, 0080", "0085, 0085", "009b, 009b", "061c, 061c", "200b, 200b", "200f, 200f",
    "2028, 2028", "2029, 2029", "202e, 202e", "2066, 2066", "feff, feff", "ffff, ffff",
    "d800, fffd", "dbff, fffd", "dc00, fffd", "dfff, fffd"
  })
  void whatBreaksLinesOrHidesIsEscaped(String hex, String escaped) {
    // Given
    String text = "a" + (char) Integer.parseInt(hex, 16) + "b";

    // When
    String json = new JsonBytes(8).text(text).toString();

    // Then
    assertEquals("\"a\\u" + escaped + "b\"", json);
  }

  @Test
  void shortEscapesAreUsedWhereJsonHasThem() {
    // When
    String json = new JsonBytes(8).text("\"\\\n\r\t").toString();

    // Then
    assertEquals("\"\\\"\\\\\\n\\r\\t\"", json);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "plain", "Grüße", "日本語", "a\u00a0b", "\ud83d\ude00 and \ud834\udd1e"})
  void textOfAllPlanesIsWrittenAsUtf8(String text) {
    // When
    byte[] json = new JsonBytes(1).text(text).toByteArray();

    // Then
    assertArrayEquals(("\"" + text + "\"").getBytes(StandardCharsets.UTF_8), json);
  }

  @ParameterizedTest
  @ValueSource(strings = {"\ud83d", "\ude00\ud83d", "x\ud83dy"})
  void aLoneSurrogateNeverComesOut(String text) {
    // When
    byte[] json = new JsonBytes(1).text(text).toByteArray();

    // Then
    assertTrue(
        StandardCharsets.US_ASCII.newEncoder().canEncode(new String(json, StandardCharsets.UTF_8)));
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 7, 10, 1234567890123L, Long.MAX_VALUE, -1, Long.MIN_VALUE})
  void numbersAreDecimal(long value) {
    assertEquals(Long.toString(value), new JsonBytes(1).number(value).toString());
  }

  @Test
  void aLongTextIsCutOnACharacterAndMarked() {
    // When
    String json = new JsonBytes(8).text("ä".repeat(100), 21).toString();

    // Then
    assertEquals("\"" + "ä".repeat(11) + JsonBytes.CUT_MARK + "\"", json);
  }

  @Test
  void commasStandBetweenMembersAndElementsOnly() {
    // Given
    JsonBytes json = new JsonBytes(8);

    // When
    json.beginObject().name("a").number(1).name("b").text("x").name("c").beginArray();
    json.number(1).number(2).beginObject().endObject().endArray().name("d").bool(true).endObject();

    // Then
    assertEquals("{\"a\":1,\"b\":\"x\",\"c\":[1,2,{}],\"d\":true}", json.toString());
  }

  @Test
  void aTextThatEndsLikeAnOpeningKeepsItsComma() {
    // When
    String json =
        new JsonBytes(8).beginArray().text("{").text("[").text(":").text("x").endArray().toString();

    // Then
    assertEquals("[\"{\",\"[\",\":\",\"x\"]", json);
  }
}
