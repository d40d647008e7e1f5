package dev.leasehold.broker.http;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.leasehold.broker.http.MalformedMessage.Kind;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

final class HeadReaderTest {
  private static final String LINE = "GET / HTTP/1.1\r\n"; // 16 bytes

  @Test
  void nothingIsTakenBeforeTheHeadIsAllThere() throws MalformedMessage {
    // Given
    HeadReader reader = new HeadReader(100, 100, 10);
    ByteBuf in = bytes(LINE + "Host: h\r\n\r");

    // When
    byte[] early = reader.read(in);
    int left = in.readableBytes();
    in.writeByte('\n');
    byte[] head = reader.read(in);

    // Then
    assertNull(early);
    assertEquals(26, left);
    assertArrayEquals((LINE + "Host: h\r\n\r\n").getBytes(StandardCharsets.US_ASCII), head);
    assertFalse(in.isReadable());
  }

  @Test
  void whatFollowsTheHeadIsLeft() throws MalformedMessage {
    // Given
    HeadReader reader = new HeadReader(100, 100, 10);
    ByteBuf in = bytes(LINE + "\r\n" + "body");

    // When
    byte[] head = reader.read(in);

    // Then
    assertNotNull(head);
    assertEquals("body", in.toString(StandardCharsets.US_ASCII));
    assertFalse(reader.isWithin());
  }

  @Test
  void firstLineMayBeAsLongAsItsLimitAndNotAByteLonger() throws MalformedMessage {
    assertNotNull(new HeadReader(16, 100, 10).read(bytes(LINE + "\r\n")));
    assertEquals(Kind.REQUEST_LINE_TOO_LONG, refusal(new HeadReader(15, 100, 10), LINE + "\r\n"));
    // Known before its end has come, and so never stored without a bound.
    assertNull(new HeadReader(16, 100, 10).read(bytes("G".repeat(16))));
    assertEquals(Kind.REQUEST_LINE_TOO_LONG, refusal(new HeadReader(16, 100, 10), "G".repeat(17)));
  }

  @Test
  void headerMayBeAsLargeAsItsLimitAndNotAByteLarger() throws MalformedMessage {
    String field = "A: bcdef\r\n"; // 10 bytes
    assertNotNull(new HeadReader(16, 12, 10).read(bytes(LINE + field + "\r\n")));
    assertEquals(Kind.HEADER_TOO_LARGE, refusal(new HeadReader(16, 11, 10), LINE + field + "\r\n"));
    assertEquals(
        Kind.HEADER_TOO_LARGE, refusal(new HeadReader(16, 11, 10), LINE + "A: " + "b".repeat(9)));
    assertEquals(
        Kind.HEADER_TOO_LARGE,
        refusal(new HeadReader(16, 25, 10), LINE + field + field + "A: bcd"));
  }

  @Test
  void thereMayBeAsManyFieldsAsTheLimitAndNotOneMore() throws MalformedMessage {
    String field = "A: b\r\n";
    assertNotNull(new HeadReader(16, 1000, 3).read(bytes(LINE + field.repeat(3) + "\r\n")));
    assertEquals(
        Kind.HEADER_TOO_LARGE, refusal(new HeadReader(16, 1000, 3), LINE + field.repeat(4)));
  }

  @Test
  void limitsAreTheSameByteByByte() throws MalformedMessage {
    // Given
    String head = LINE + "A: bcdef\r\n\r\n";
    HeadReader fits = new HeadReader(16, 12, 1);
    HeadReader tooSmall = new HeadReader(16, 11, 1);
    ByteBuf in = Unpooled.buffer();
    ByteBuf same = Unpooled.buffer();

    // When
    byte[] read = null;
    MalformedMessage refused = null;
    for (byte b : head.getBytes(StandardCharsets.US_ASCII)) {
      in.writeByte(b);
      same.writeByte(b);
      read = fits.read(in);
      if (refused == null) {
        try {
          tooSmall.read(same);
        } catch (MalformedMessage malformed) {
          refused = malformed;
        }
      }
    }

    // Then
    assertNotNull(read);
    assertNotNull(refused);
    assertEquals(Kind.HEADER_TOO_LARGE, refused.kind());
  }

  @Test
  void readerIsReadyForTheNextHeadWithOtherLimits() throws MalformedMessage {
    // Given
    HeadReader reader = new HeadReader(16, 100, 10);
    ByteBuf in = bytes(LINE + "\r\n" + "GET /long HTTP/1.1\r\n\r\n");

    // When
    byte[] first = reader.read(in);
    reader.limits(20, 100, 10);
    byte[] second = reader.read(in);

    // Then
    assertNotNull(first);
    assertNotNull(second);
    assertEquals("/long", RequestHead.parse(second).target());
  }

  @Test
  void beginningOfAHeadIsKnownAsOne() throws MalformedMessage {
    // Given
    HeadReader reader = new HeadReader(100, 100, 10);
    boolean before = reader.isWithin();

    // When
    reader.read(bytes("G"));

    // Then
    assertFalse(before);
    assertTrue(reader.isWithin());
  }

  private static Kind refusal(HeadReader reader, String head) {
    return assertThrows(MalformedMessage.class, () -> reader.read(bytes(head))).kind();
  }

  private static ByteBuf bytes(String text) {
    return Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII);
  }
}
