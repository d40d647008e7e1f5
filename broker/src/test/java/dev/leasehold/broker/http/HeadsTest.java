package dev.leasehold.broker.http;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** First lines, fields, and what follows from them. */
final class HeadsTest {
  @Test
  void requestLineIsReadAsItStands() throws MalformedMessage {
    // When
    RequestHead head =
        RequestHead.parse(bytes("PROPFIND http://h:1/a%2Fb?c[]=d HTTP/1.0\r\nHost: h\r\n\r\n"));

    // Then
    assertEquals("PROPFIND", head.method());
    assertEquals("http://h:1/a%2Fb?c[]=d", head.target());
    assertFalse(head.isVersion11());
    assertEquals(1, head.fields().size());
  }

  @Test
  void fieldsAreFoundInAnyCaseAndValuesAreTrimmedOnly() throws MalformedMessage {
    // When
    Fields fields = fields("hOsT: \t a, b \t\r\nX-Any:\r\nhost:c\r\nx_host: d\r\n");

    // Then
    assertEquals(4, fields.size());
    assertEquals(2, fields.count(KnownField.HOST));
    assertEquals(0, fields.find(KnownField.HOST));
    assertEquals("host", fields.name(0));
    assertEquals("a, b", fields.value(0));
    assertEquals("", fields.value(1));
    assertNull(fields.known(1));
    assertEquals("c", fields.value(2));
    assertTrue(fields.nameIs(0, "host"));
    assertTrue(fields.valueIs(2, "c"));
    assertFalse(fields.hasAliasName(0));
    assertTrue(fields.hasAliasName(3));
  }

  @Test
  void moreFieldsThanExpectedAreAllKept() throws MalformedMessage {
    // Given
    StringBuilder lines = new StringBuilder();
    for (int n = 0; n < 90; n++) {
      lines.append("X-").append(n).append(": ").append(n).append("\r\n");
    }

    // When
    Fields fields = fields(lines.toString());

    // Then
    assertEquals(90, fields.size());
    for (int n = 0; n < 90; n++) {
      assertEquals("x-" + n, fields.name(n));
      assertEquals(Integer.toString(n), fields.value(n));
    }
  }

  @Test
  void writtenLineIsTheFieldWithoutItsOddSpaces() throws MalformedMessage {
    // Given
    ByteBuf out = Unpooled.buffer();

    // When
    Fields fields = fields("X-Any:  caf\u00e9 \t\r\n");
    fields.writeLine(0, out);

    // Then
    assertEquals("X-Any: caf\u00e9\r\n", out.toString(StandardCharsets.ISO_8859_1));
    assertTrue(out.readableBytes() <= fields.wireSize());
    assertArrayEquals("caf\u00e9".getBytes(StandardCharsets.ISO_8859_1), fields.valueBytes(0));
  }

  @ParameterizedTest
  @EnumSource(KnownField.class)
  void everyKnownFieldIsKnownInAnyCaseAndUnderNoOtherName(KnownField field) {
    for (String name :
        new String[] {field.text(), field.text().toUpperCase(Locale.ROOT), field.text()}) {
      byte[] bytes = name.getBytes(StandardCharsets.US_ASCII);
      assertSame(field, KnownField.of(bytes, 0, bytes.length));
    }
    for (String name : new String[] {field.text() + "x", "xx" + field.text(), field.text() + "-"}) {
      byte[] bytes = name.getBytes(StandardCharsets.US_ASCII);
      assertNull(KnownField.of(bytes, 0, bytes.length), name);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "HTTP/1.1 200 OK, 200, true",
    "HTTP/1.1 200, 200, true",
    "HTTP/1.1 204 , 204, true",
    "HTTP/1.0 404 Not Found, 404, false",
    "HTTP/1.1 100 Continue, 100, true",
    "HTTP/1.1 599 x y z, 599, true"
  })
  void statusLineIsRead(String line, int status, boolean version11) throws MalformedMessage {
    // When
    ResponseHead head = ResponseHead.parse(bytes(line + "\r\nServer: x\r\n\r\n"));

    // Then
    assertEquals(status, head.status());
    assertEquals(version11, head.isVersion11());
    assertEquals(status < 200, head.isInterim());
    assertEquals(1, head.fields().size());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1  200 OK",
        "HTTP/1.1 2000",
        "HTTP/1.1 20",
        "HTTP/1.1 099 x",
        "HTTP/1.1 600 x",
        "HTTP/1.1 2x0 OK",
        "HTTP/1.1 200\tOK",
        "HTTP/1.1 200 O\0K",
        "HTTP/1.1 200 O\rK",
        "HTTP/1.2 200 OK",
        "HTTP/2 200 OK",
        "HTTP/2.0 200 OK",
        "http/1.1 200 OK",
        "HTTPS/1.1 200 OK",
        "ICY 200 OK",
        "200 OK",
        "SSH-2.0-OpenSSH_9.6",
        "x",
        ""
      })
  void whatIsNoStatusLineIsRefused(String line) {
    assertThrows(
        MalformedMessage.class, () -> ResponseHead.parse(bytes(line + "\r\nServer: x\r\n\r\n")));
    assertThrows(MalformedMessage.class, () -> ResponseHead.parse(bytes(line + "\r\n\r\n")));
  }

  @ParameterizedTest
  @CsvSource({
    "200, false, 'Content-Length: 5', length 5",
    "200, false, 'Content-Length: 0', none",
    "200, false, 'Content-Length: 005', length 5",
    "200, false, 'Transfer-Encoding: chunked', chunked",
    "200, false, 'X: y', until close",
    "200, true, 'Content-Length: 5', none",
    "200, true, 'Transfer-Encoding: chunked', none",
    "204, false, 'Content-Length: 5', none",
    "304, false, 'Content-Length: 5', none",
    "304, false, 'X: y', none",
    "103, false, 'X: y', none"
  })
  void answersLengthIsTheOneOfItsStatusAndRequest(
      int status, boolean toHead, String field, String framing) throws MalformedMessage {
    // When
    ResponseHead head = answer("HTTP/1.1 " + status, field);

    // Then
    String read =
        switch (Framing.ofResponse(head, toHead)) {
          case Framing.None none -> "none";
          case Framing.Length length -> "length " + length.bytes();
          case Framing.Chunked chunked -> "chunked";
          case Framing.UntilClose untilClose -> "until close";
        };
    assertEquals(framing, read);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Content-Length: 5\r\nContent-Length: 5",
        "Content-Length: 5\r\nTransfer-Encoding: chunked",
        "Content-Length: 5, 5",
        "Content-Length: x",
        "Transfer-Encoding: gzip, chunked",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: identity"
      })
  void answerWithTwoLengthsIsRefusedWhateverItsStatus(String fields) throws MalformedMessage {
    for (String status : new String[] {"200", "204", "304"}) {
      ResponseHead head = answer("HTTP/1.1 " + status, fields);
      assertThrows(MalformedMessage.class, () -> Framing.ofResponse(head, false));
      assertThrows(MalformedMessage.class, () -> Framing.ofResponse(head, true));
    }
  }

  @Test
  void requestWithoutALengthHasNoBody() throws MalformedMessage {
    assertSame(
        Framing.NONE, Framing.ofRequest(RequestHead.parse(bytes("POST / HTTP/1.1\r\n\r\n"))));
  }

  @ParameterizedTest
  @CsvSource({
    "HTTP/1.1 200, 'X: y', true",
    "HTTP/1.0 200, 'X: y', false",
    "HTTP/1.0 200, 'Connection: Keep-Alive', true",
    "HTTP/1.1 200, 'Connection: CLOSE', false",
    "HTTP/1.1 200, 'Connection: keep-alive, close', false",
    "HTTP/1.1 200, 'Connection: x ,\tclose', false",
    "HTTP/1.1 200, 'Connection: closed', true"
  })
  void connectionLivesOnOnlyWhereBothMeanIt(String line, String field, boolean keeps)
      throws MalformedMessage {
    assertEquals(keeps, answer(line, field).keepsAlive());
  }

  @ParameterizedTest
  @CsvSource({
    "'X: y', true",
    "'Connection: close', true",
    "'Connection: Keep-Alive', true",
    "'Connection: authorization', false",
    "'Connection: close, x-api-key', false",
    "'Connection: close,', false",
    "'Connection: TE, upgrade', true",
    "'Connection: host', false",
    "'Connection: content-length', false"
  })
  void connectionMayNameNoFieldThatWouldThenBeRemoved(String field, boolean plain)
      throws MalformedMessage {
    assertEquals(plain, Persistence.isPlain(fields(field + "\r\n")));
  }

  @Test
  void whatIsWrittenIsWhatTheReaderReads() throws MalformedMessage {
    for (int size : new int[] {1, 9, 10, 15, 16, 255, 256, 65_535, 70_000}) {
      // Given
      ByteBuf out = Unpooled.buffer();
      Wire.chunkSize(out, size);
      out.writeZero(size).writeBytes(Wire.crlf()).writeBytes(Wire.lastChunk());
      BodyReader reader = BodyReader.strict();
      reader.begin(Framing.CHUNKED);

      // When
      int read = 0;
      for (ByteBuf piece = reader.read(out); piece != null; piece = reader.read(out)) {
        read += piece.readableBytes();
        piece.release();
      }

      // Then
      assertEquals(size, read);
      assertTrue(reader.isDone());
    }
  }

  @Test
  void refusalNamesTheRuleAndCarriesNoTrace() {
    // When
    MalformedMessage refused =
        assertThrows(
            MalformedMessage.class,
            () -> RequestHead.parse(bytes("GET /canary HTTP/1.1\r\ncanary canary\r\n\r\n")));

    // Then
    assertFalse(refused.rule().contains("canary"));
    assertEquals(0, refused.getStackTrace().length);
  }

  private static ResponseHead answer(String line, String fields) throws MalformedMessage {
    return ResponseHead.parse(bytes(line + "\r\n" + fields + "\r\n\r\n"));
  }

  private static Fields fields(String lines) throws MalformedMessage {
    return RequestHead.parse(bytes("GET / HTTP/1.1\r\n" + lines + "\r\n")).fields();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }
}
