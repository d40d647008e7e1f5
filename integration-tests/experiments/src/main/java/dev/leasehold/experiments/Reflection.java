package dev.leasehold.experiments;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;

/**
 * One answer that gives a secret away: how it is written, where in the answer, behind and before
 * how much else, and by which framing.
 */
record Reflection(Spelling spelling, Place place, int padding, Framing framing) {

  /** Where the secret stands. */
  enum Place {
    HEADER(true, "X-Echo: %s\r\n"),
    LOCATION(true, "Location: http://elsewhere.example.test/?t=%s\r\n"),
    COOKIE(true, "Set-Cookie: t=%s; Path=/\r\n"),
    START(false, "%s"),
    MIDDLE(false, "%s"),
    END(false, "%s"),
    DOCUMENT(false, "{\"headers\": {\"authorization\": \"Bearer %s\"}}"),
    EVENT(false, "event: echo\ndata: %s\n\n");

    private final boolean head;
    private final String form;

    Place(boolean head, String form) {
      this.head = head;
      this.form = form;
    }

    boolean isHead() {
      return head;
    }
  }

  /** How the answer says where it ends. */
  enum Framing {
    LENGTH,
    CHUNKS,
    /** Chunks and writes of three bytes each around the secret. */
    CRUMBS,
    CLOSE,
    GZIP
  }

  static List<Reflection> all(List<Spelling> spellings, int... paddings) {
    List<Reflection> all = new ArrayList<>();
    for (Spelling spelling : spellings) {
      for (Place place : Place.values()) {
        for (Framing framing : Framing.values()) {
          for (int padding : paddings) {
            all.add(new Reflection(spelling, place, padding, framing));
          }
        }
      }
    }
    return all;
  }

  /** As the path of a call that asks for it. */
  String path() {
    return "/ok/%s/%s/%d/%s".formatted(spelling, place, padding, framing);
  }

  static Reflection parse(String path) {
    String[] parts = path.split("/", -1);
    return new Reflection(
        Spelling.valueOf(parts[2]),
        Place.valueOf(parts[3]),
        Integer.parseInt(parts[4]),
        Framing.valueOf(parts[5]));
  }

  /** The body before it is coded. */
  String body(String secret) {
    String filler = ".".repeat(padding);
    String text = place.isHead() ? "-" : place.form.replace("%s", spelling.write(secret));
    return switch (place) {
      case START -> text + filler;
      case END -> filler + text;
      default -> filler + text + filler;
    };
  }

  /** The answer on the wire, in the pieces in which it has to be written. */
  List<String> wire(String secret) throws IOException {
    String body = body(secret);
    StringBuilder head = new StringBuilder("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n");
    if (place.isHead()) {
      head.append(place.form.replace("%s", spelling.write(secret)));
    }
    return switch (framing) {
      case LENGTH -> List.of(head + "Content-Length: " + body.length() + "\r\n\r\n" + body);
      case CLOSE -> List.of(head + "Connection: close\r\n\r\n" + body);
      case CHUNKS ->
          List.of(head + "Transfer-Encoding: chunked\r\n\r\n" + chunk(body) + "0\r\n\r\n");
      case CRUMBS -> {
        List<String> pieces = new ArrayList<>();
        pieces.add(head + "Transfer-Encoding: chunked\r\n\r\n");
        int from = place == Place.START ? 0 : padding;
        int to =
            place == Place.START || place == Place.END
                ? from + body.length() - padding
                : body.length() - padding;
        pieces.add(chunk(body.substring(0, from)));
        for (int at = from; at < to; at += 3) {
          pieces.add(chunk(body.substring(at, Math.min(to, at + 3))));
        }
        pieces.add(chunk(body.substring(to)) + "0\r\n\r\n");
        yield pieces;
      }
      case GZIP -> {
        ByteArrayOutputStream coded = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(coded)) {
          gzip.write(body.getBytes(ISO_8859_1));
        }
        yield List.of(
            "%sContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n%s"
                .formatted(head, coded.size(), coded.toString(ISO_8859_1)));
      }
    };
  }

  private static String chunk(String data) {
    return data.isEmpty() ? "" : Integer.toHexString(data.length()) + "\r\n" + data + "\r\n";
  }

  /** Head and content of an answer, without the lines of its chunks. */
  static String content(String answer) {
    int end = answer.indexOf("\r\n\r\n") + 4;
    if (end < 4
        || !answer.substring(0, end).toLowerCase(java.util.Locale.ROOT).contains("chunked")) {
      return answer;
    }
    StringBuilder content = new StringBuilder(answer.substring(0, end));
    int at = end;
    while (at < answer.length()) {
      int line = answer.indexOf("\r\n", at);
      if (line < 0) {
        break;
      }
      int size = Integer.parseInt(answer.substring(at, line), 16);
      content.append(answer, line + 2, Math.min(answer.length(), line + 2 + size));
      at = line + 4 + size;
    }
    return content.toString();
  }
}
