package dev.leasehold.broker.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Requests that two servers would read differently: each is refused, however it is cut up. */
final class SmugglingTest {
  private static final String HEAD = "POST /a HTTP/1.1\r\nHost: h\r\n";
  private static final String NEXT = "GET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n";

  static Stream<String> ambiguous() {
    List<String> all = new ArrayList<>();
    for (String fields : ambiguousFields()) {
      all.add(HEAD + fields + "\r\n5\r\nhello\r\n0\r\n\r\n" + NEXT);
    }
    for (String body : ambiguousChunks()) {
      all.add(HEAD + "Transfer-Encoding: chunked\r\n\r\n" + body + NEXT);
    }
    all.addAll(ambiguousLines());
    return all.stream();
  }

  private static List<String> ambiguousFields() {
    return List.of(
        // Two framings.
        "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
        "Content-Length: 0\r\nTransfer-Encoding: chunked\r\n",
        "Content-Length: 5\r\ntransfer-encoding: identity\r\n",
        // Content-Length more than once, or not a number.
        "Content-Length: 5\r\nContent-Length: 6\r\n",
        "Content-Length: 5\r\nContent-Length: 5\r\n",
        "Content-Length: 5\r\ncontent-length: 0\r\n",
        "Content-Length: 5, 5\r\n",
        "Content-Length: 5,6\r\n",
        "Content-Length: +5\r\n",
        "Content-Length: -5\r\n",
        "Content-Length: 0x5\r\n",
        "Content-Length: 5 5\r\n",
        "Content-Length: 5;\r\n",
        "Content-Length: 5.0\r\n",
        "Content-Length: \"5\"\r\n",
        "Content-Length: 5_0\r\n",
        "Content-Length:\r\n",
        "Content-Length:  \t \r\n",
        "Content-Length: \u0665\r\n".replace('\u0665', '\u00b5'),
        "Content-Length: 9223372036854775808\r\n",
        "Content-Length: 18446744073709551621\r\n",
        "Content-Length: 1" + "0".repeat(40) + "\r\n",
        // Transfer-Encoding that is anything but: chunked.
        "Transfer-Encoding: xchunked\r\n",
        "Transfer-Encoding: chunked, xchunked\r\n",
        "Transfer-Encoding: xchunked, chunked\r\n",
        "Transfer-Encoding: chunked, chunked\r\n",
        "Transfer-Encoding: chunked,\r\n",
        "Transfer-Encoding: ,chunked\r\n",
        "Transfer-Encoding: gzip, chunked\r\n",
        "Transfer-Encoding: chunked, identity\r\n",
        "Transfer-Encoding: identity\r\n",
        "Transfer-Encoding: gzip\r\n",
        "Transfer-Encoding: \"chunked\"\r\n",
        "Transfer-Encoding: chunked;q=1\r\n",
        "Transfer-Encoding: chunke\r\n",
        "Transfer-Encoding:\r\n",
        "Transfer-Encoding: chun\u00e7ed\r\n",
        "Transfer-Encoding: \u000bchunked\r\n",
        "Transfer-Encoding: \u000cchunked\r\n",
        "Transfer-Encoding: chunked\u000b\r\n",
        "Transfer-Encoding: chunked\0\r\n",
        "Transfer-Encoding: chunked\u00a0x\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n",
        // Names that some servers repair.
        "Transfer-Encoding : chunked\r\n",
        "Transfer-Encoding\t: chunked\r\n",
        " Transfer-Encoding: chunked\r\n",
        "\tTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding\0: chunked\r\n",
        "Transfer Encoding: chunked\r\n",
        "X: y\rTransfer-Encoding: chunked\r\n",
        "X: y\nTransfer-Encoding: chunked\r\n",
        "X:\nTransfer-Encoding: chunked\r\n",
        "X: y\r\n Transfer-Encoding: chunked\r\n",
        "X: y\r\n\tfolded\r\n",
        "Transfer-Encoding:\r\n chunked\r\n",
        "Content-Length:\r\n 5\r\n",
        "Content-Length : 5\r\n",
        ": nothing\r\n",
        "NoColon\r\n",
        "X\r\n",
        "X;Y: z\r\n",
        "X\"Y: z\r\n",
        "X(Y): z\r\n",
        "\u00e4: x\r\n",
        "X: \u0001\r\n",
        "X: \u007f\r\n",
        "X: \0\r\n");
  }

  private static List<String> ambiguousChunks() {
    return List.of(
        "5;ext\r\nhello\r\n0\r\n\r\n",
        "5;ext=val\r\nhello\r\n0\r\n\r\n",
        "5;ext=\"\r\nhello\r\n0\r\n\r\n",
        "5 ;ext\r\nhello\r\n0\r\n\r\n",
        "5;\nhello\r\n0\r\n\r\n",
        "5 \r\nhello\r\n0\r\n\r\n",
        " 5\r\nhello\r\n0\r\n\r\n",
        "5\t\r\nhello\r\n0\r\n\r\n",
        "5\nhello\r\n0\r\n\r\n",
        "5\rhello\r\n0\r\n\r\n",
        "5\r\r\nhello\r\n0\r\n\r\n",
        "5\r\nhello0\r\n\r\n",
        "5\r\nhello\n0\r\n\r\n",
        "5\r\nhello\r0\r\n\r\n",
        "5\r\nhelloX\r\n0\r\n\r\n",
        "0x5\r\nhello\r\n0\r\n\r\n",
        "+5\r\nhello\r\n0\r\n\r\n",
        "-5\r\nhello\r\n0\r\n\r\n",
        "5_0\r\nhello\r\n0\r\n\r\n",
        "g\r\nhello\r\n0\r\n\r\n",
        "\r\nhello\r\n0\r\n\r\n",
        "\u00b5\r\nhello\r\n0\r\n\r\n",
        "ffffffffffffffff\r\nhello",
        "10000000000000005\r\nhello\r\n0\r\n\r\n",
        "0000000000000005\r\nhello\r\n0\r\n\r\n",
        "5\r\nhello\r\n0\r\nTrailer: x\r\n\r\n",
        "5\r\nhello\r\n0\r\nContent-Length: 5\r\n\r\n",
        "5\r\nhello\r\n0\r\n \r\n\r\n",
        "5\r\nhello\r\n0\n\n",
        "5\r\nhello\r\n0\r\n\n",
        "5\r\nhello\r\n0\r\n\rX",
        "5\r\nhello\r\n0\r\nGET / HTTP/1.1\r\n\r\n");
  }

  private static List<String> ambiguousLines() {
    String host = "Host: h\r\n\r\n";
    return List.of(
        "GET /a HTTP/1.1\n" + host,
        "GET /a HTTP/1.1\r" + host,
        "GET /a HTTP/1.1\r\nHost: h\n\r\n" + NEXT,
        "GET /a HTTP/1.1\r\nHost: h\r\n\n" + NEXT,
        "\r\nGET /a HTTP/1.1\r\n" + host,
        "\nGET /a HTTP/1.1\r\n" + host,
        " GET /a HTTP/1.1\r\n" + host,
        "GET  /a HTTP/1.1\r\n" + host,
        "GET /a  HTTP/1.1\r\n" + host,
        "GET\t/a HTTP/1.1\r\n" + host,
        "GET /a\tHTTP/1.1\r\n" + host,
        "GET /a HTTP/1.1 \r\n" + host,
        "GET /a b HTTP/1.1\r\n" + host,
        "GET /a\r\n" + host,
        "GET /a \r\n" + host,
        "GET HTTP/1.1\r\n" + host,
        "GET\r\n" + host,
        "get /a HTTP/1.1\r\n" + host,
        "Get /a HTTP/1.1\r\n" + host,
        "G@T /a HTTP/1.1\r\n" + host,
        "A".repeat(25) + " /a HTTP/1.1\r\n" + host,
        "GET /a#b HTTP/1.1\r\n" + host,
        "GET /a\\b HTTP/1.1\r\n" + host,
        "GET /a\"b HTTP/1.1\r\n" + host,
        "GET /<a> HTTP/1.1\r\n" + host,
        "GET /a\0b HTTP/1.1\r\n" + host,
        "GET /caf\u00e9 HTTP/1.1\r\n" + host,
        "GET /a http/1.1\r\n" + host,
        "GET /a HTTP/1.2\r\n" + host,
        "GET /a HTTP/1.10\r\n" + host,
        "GET /a HTTP/2.0\r\n" + host,
        "GET /a HTTP/0.9\r\n" + host,
        "GET /a HTTP/11\r\n" + host,
        "GET /a HTTP/1,1\r\n" + host,
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "POST /a HTTP/1.0\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
  }

  @ParameterizedTest
  @MethodSource("ambiguous")
  void ambiguousRequestIsRefusedAndWhatFollowsIsNeverARequest(String stream) {
    // When
    Parsed parsed = Parsed.requests(stream);

    // Then
    assertTrue(parsed.isRefused(), parsed.toString());
    assertFalse(parsed.messages().toString().contains("smuggled"), parsed.toString());
  }

  @ParameterizedTest
  @MethodSource("ambiguous")
  void refusalIsTheSameHoweverTheBytesAreCut(String stream) {
    assertSameInEveryCut(stream);
  }

  @Test
  void secondRequestInOneWriteIsARequestOfItsOwnHoweverTheBytesAreCut() {
    // Given
    String stream =
        HEAD
            + "Content-Length: 5\r\n\r\nhello"
            + "GET /b?c=d HTTP/1.1\r\nHost: h\r\n\r\n"
            + HEAD
            + "transfer-encoding: Chunked\r\n\r\n5\r\nhello\r\nA\r\n0123456789\r\n0\r\n\r\n"
            + "GET /c HTTP/1.0\r\nHost: h\r\n\r\n";

    // When
    Parsed parsed = Parsed.requests(stream);

    // Then
    assertEquals(
        new Parsed(
            List.of("POST /a|hello", "GET /b?c=d|", "POST /a|hello0123456789", "GET /c|"),
            Parsed.CLEAN),
        parsed);
    assertSameInEveryCut(stream);
  }

  @Test
  void whatIsAcceptedAfterMutationIsPlainToAnIndependentReader() {
    Random random = new Random(20_267);
    String[] inserts = {
      "\r",
      "\n",
      "\r\n",
      "\0",
      " ",
      "\t",
      ":",
      ",",
      ";",
      "0",
      "5",
      "a",
      "\u00ff",
      "\u000b",
      "Content-Length: 3\r\n",
      "Transfer-Encoding: chunked\r\n",
      "0\r\n\r\n",
      "chunked",
      "X: y\r\n"
    };
    String[] seeds = {
      HEAD + "Content-Length: 5\r\n\r\nhello" + NEXT,
      HEAD + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n" + NEXT,
      NEXT + NEXT
    };
    int accepted = 0;
    for (int round = 0; round < 30_000; round++) {
      // Given
      StringBuilder stream = new StringBuilder(seeds[random.nextInt(seeds.length)]);
      for (int n = 1 + random.nextInt(3); n > 0; n--) {
        int at = random.nextInt(stream.length());
        switch (random.nextInt(3)) {
          case 0 -> stream.insert(at, inserts[random.nextInt(inserts.length)]);
          case 1 -> stream.deleteCharAt(at);
          default -> stream.setCharAt(at, inserts[random.nextInt(13)].charAt(0));
        }
      }

      // When
      Parsed parsed = Parsed.requests(stream.toString());

      // Then
      if (!parsed.isRefused() && !parsed.messages().isEmpty()) {
        accepted++;
        assertEquals(PlainReader.read(stream.toString()), parsed.messages(), stream.toString());
      }
    }
    assertTrue(accepted > 500, "accepted " + accepted);
  }

  @Test
  void anyStreamIsReadTheSameInAnyPieces() {
    Random random = new Random(20_268);
    List<String> streams = ambiguous().toList();
    for (int round = 0; round < 5000; round++) {
      // Given
      String stream = streams.get(random.nextInt(streams.size()));
      int[] cuts = random.ints(random.nextInt(6), 0, stream.length()).sorted().toArray();

      // When
      Parsed parsed = Parsed.requests(stream, cuts);

      // Then
      assertEquals(Parsed.requests(stream), parsed);
    }
  }

  private static void assertSameInEveryCut(String stream) {
    Parsed whole = Parsed.requests(stream);
    int[] everywhere = new int[stream.length()];
    for (int cut = 0; cut < stream.length(); cut++) {
      assertEquals(whole, Parsed.requests(stream, cut), "cut at " + cut);
      everywhere[cut] = cut;
    }
    assertEquals(whole, Parsed.requests(stream, everywhere), "byte by byte");
  }

  /** Reads with regular expressions what is beyond doubt, and nothing else. */
  private static final class PlainReader {
    private static final Pattern HEAD_FORM =
        Pattern.compile(
            "([A-Z0-9_-]{1,24}) ([A-Za-z0-9._~:/?\\[\\]@!$&'()*+,;=%|{}^-]+) HTTP/1\\.[01]\r\n"
                + "((?:[!#$%&'*+.^_`|~0-9A-Za-z-]+:[\\t -~\\x80-\\xff]*\r\n)*)\r\n");
    private static final Pattern LENGTH =
        Pattern.compile("(?i)(?:^|\n)content-length:[ \\t]*([0-9]{1,18})[ \\t]*\r\n");
    private static final Pattern CHUNKED =
        Pattern.compile("(?i)(?:^|\n)transfer-encoding:[ \\t]*chunked[ \\t]*\r\n");
    private static final Pattern CHUNK = Pattern.compile("([0-9a-fA-F]{1,15})\r\n");

    static List<String> read(String stream) {
      List<String> messages = new ArrayList<>();
      String rest = stream;
      while (!rest.isEmpty()) {
        var head = HEAD_FORM.matcher(rest);
        if (!head.lookingAt()) {
          return messages;
        }
        rest = rest.substring(head.end());
        StringBuilder body = new StringBuilder();
        var length = LENGTH.matcher(head.group(3));
        if (CHUNKED.matcher(head.group(3)).find()) {
          while (true) {
            var chunk = CHUNK.matcher(rest);
            if (!chunk.lookingAt()) {
              return messages;
            }
            int size = (int) Long.parseLong(chunk.group(1), 16);
            rest = rest.substring(chunk.end());
            if (size > rest.length() - 2 || size < 0) {
              return messages;
            }
            body.append(rest, 0, size);
            if (!rest.startsWith("\r\n", size)) {
              return messages;
            }
            rest = rest.substring(size + 2);
            if (size == 0) {
              break;
            }
          }
        } else if (length.find()) {
          long size = Long.parseLong(length.group(1));
          if (size > rest.length()) {
            return messages;
          }
          body.append(rest, 0, (int) size);
          rest = rest.substring((int) size);
        }
        messages.add(head.group(1) + " " + head.group(2) + "|" + body);
      }
      return messages;
    }
  }
}
