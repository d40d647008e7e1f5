package dev.leasehold.broker.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class BodyReaderTest {
  @Test
  void lengthEndsTheBodyAndLeavesTheRest() throws MalformedMessage {
    // Given
    BodyReader reader = BodyReader.strict();
    reader.begin(new Framing.Length(5));
    ByteBuf in = bytes("helloNEXT");

    // When
    String content = drain(reader, in);

    // Then
    assertEquals("hello", content);
    assertTrue(reader.isDone());
    assertEquals("NEXT", in.toString(StandardCharsets.US_ASCII));
  }

  @Test
  void streamThatEndsEarlyIsNoWholeBody() throws MalformedMessage {
    // Given
    BodyReader length = BodyReader.strict();
    length.begin(new Framing.Length(5));
    BodyReader chunked = BodyReader.strict();
    chunked.begin(Framing.CHUNKED);
    BodyReader untilClose = BodyReader.lenient();
    untilClose.begin(Framing.UNTIL_CLOSE);

    // When
    drain(length, bytes("hell"));
    drain(chunked, bytes("5\r\nhello\r\n0\r\n"));
    drain(untilClose, bytes("hell"));

    // Then
    assertFalse(length.endOfStream());
    assertFalse(chunked.endOfStream());
    assertTrue(untilClose.endOfStream());
  }

  @Test
  void noBodyTakesNothing() throws MalformedMessage {
    // Given
    BodyReader reader = BodyReader.strict();
    reader.begin(Framing.NONE);
    ByteBuf in = bytes("NEXT");

    // Then
    assertTrue(reader.isDone());
    assertEquals("", drain(reader, in));
    assertEquals(4, in.readableBytes());
  }

  @Test
  void chunkedBodyOfAnySizesInAnyPiecesIsTheSameContent() throws MalformedMessage {
    Random random = new Random(20_269);
    for (int round = 0; round < 2000; round++) {
      // Given
      StringBuilder content = new StringBuilder();
      StringBuilder wire = new StringBuilder();
      for (int n = random.nextInt(5); n > 0; n--) {
        String chunk = "x\r\n0".repeat(1 + random.nextInt(8)).substring(random.nextInt(3));
        String size = Integer.toHexString(chunk.length());
        wire.append("0".repeat(random.nextInt(3)))
            .append(random.nextBoolean() ? size.toUpperCase(java.util.Locale.ROOT) : size)
            .append("\r\n")
            .append(chunk)
            .append("\r\n");
        content.append(chunk);
      }
      wire.append("0\r\n\r\nNEXT");
      BodyReader reader = random.nextBoolean() ? BodyReader.strict() : BodyReader.lenient();
      reader.begin(Framing.CHUNKED);
      ByteBuf in = Unpooled.buffer();

      // When
      StringBuilder read = new StringBuilder();
      int at = 0;
      while (at < wire.length()) {
        int to = Math.min(wire.length(), at + 1 + random.nextInt(7));
        in.writeCharSequence(wire.substring(at, to), StandardCharsets.US_ASCII);
        read.append(drain(reader, in));
        at = to;
      }

      // Then
      assertEquals(content.toString(), read.toString());
      assertTrue(reader.isDone());
      assertEquals("NEXT", in.toString(StandardCharsets.US_ASCII));
    }
  }

  @Test
  void largestChunkSizeIsCountedAndNotWrappedAround() throws MalformedMessage {
    // Given
    BodyReader reader = BodyReader.strict();
    reader.begin(Framing.CHUNKED);

    // When
    String content = drain(reader, bytes("fffffffffffffff\r\nhello\r\n0\r\n\r\n"));

    // Then
    assertEquals("hello\r\n0\r\n\r\n", content);
    assertFalse(reader.isDone());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "5;ext\r\nhello\r\n0\r\n\r\n",
        "5;a=b;c=\"d\"\r\nhello\r\n0;e\r\n\r\n",
        "5 ;a\r\nhello\r\n0\r\n\r\n",
        "5\r\nhello\r\n0\r\nExpires: x\r\nETag: y\r\n\r\n"
      })
  void extensionsAndTrailersOfATargetAreDropped(String wire) throws MalformedMessage {
    // Given
    BodyReader reader = BodyReader.lenient();
    reader.begin(Framing.CHUNKED);

    // Then
    assertEquals("hello", drain(reader, bytes(wire)));
    assertTrue(reader.isDone());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "5;a\nhello\r\n0\r\n\r\n",
        "5;a\0\r\nhello",
        "5\nhello",
        "5\r\nhello\r\n0\r\nA: b\n\r\n",
        "5\r\nhello\r\n0\r\nA: \0\r\n\r\n",
        "5\r\nhello\r\n0\r\nA: b\r\n\n",
        "x\r\n",
        ";\r\n",
        "\r\n"
      })
  void targetsFramingIsReadStrictlyAllTheSame(String wire) {
    // Given
    BodyReader reader = BodyReader.lenient();
    reader.begin(Framing.CHUNKED);

    // Then
    assertThrows(MalformedMessage.class, () -> drain(reader, bytes(wire)));
  }

  @Test
  void extensionsAndTrailersHaveABound() {
    for (String wire :
        new String[] {
          "5;" + "a".repeat(5000), "0\r\nA: " + "b".repeat(5000), "0\r\n" + "A: b\r\n".repeat(2000)
        }) {
      // Given
      BodyReader reader = BodyReader.lenient();
      reader.begin(Framing.CHUNKED);

      // Then
      assertThrows(MalformedMessage.class, () -> drain(reader, bytes(wire)));
    }
  }

  private static String drain(BodyReader reader, ByteBuf in) throws MalformedMessage {
    StringBuilder content = new StringBuilder();
    while (true) {
      ByteBuf piece = reader.read(in);
      if (piece == null) {
        return content.toString();
      }
      content.append(piece.toString(StandardCharsets.US_ASCII));
      piece.release();
    }
  }

  private static ByteBuf bytes(String text) {
    return Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII);
  }
}
