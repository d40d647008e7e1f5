package dev.leasehold.broker.redact;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One way in which programs write text into something else: which byte becomes what. The same
 * character is written in one way throughout, and which characters are written anew at all differs
 * from program to program; each difference that is known is an escaping of its own.
 */
final class Escaping {
  /** All that leave letters and digits as they are; docs/redaction.md has the same list. */
  static final List<Escaping> ALL = all();

  private static final String PERCENT = "%%%02x";
  private static final String PERCENT_UPPER = "%%%02X";

  /** A number for every byte, whether it needs one or not, with either case of its digits. */
  static final List<Escaping> EVERY_BYTE =
      Stream.of(PERCENT, PERCENT_UPPER, "\\u%04x", "\\u%04X", "&#%d;", "&#x%x;", "&#x%X;")
          .map(Escaping::everyByte)
          .toList();

  private final byte[] @Nullable [] written = new byte[256][];

  private Escaping() {}

  private static List<Escaping> all() {
    List<Escaping> all = new ArrayList<>();
    for (boolean upper : new boolean[] {true, false}) {
      percent(all, upper);
      json(all, upper);
    }
    html(all);
    return List.copyOf(all);
  }

  // The characters besides letters and digits that stay as they are, and what becomes of a space.
  private static void percent(List<Escaping> all, boolean upper) {
    String unreserved = "-._~";
    String segment = unreserved + "!$&'()*+,;=:@";
    all.add(percent(unreserved, "%20", upper)); // RFC 3986 §2.3, and what Leasehold itself writes
    all.add(percent(unreserved, "+", upper));
    all.add(percent(unreserved + "/", "%20", upper)); // Python
    all.add(percent(unreserved + "!'()*", "%20", upper)); // encodeURIComponent
    all.add(percent("-._*", "+", upper)); // HTML forms, Java
    all.add(percent("-._", "+", upper)); // PHP
    all.add(percent(unreserved + "$&+:=@", "%20", upper)); // Go
    all.add(percent(segment, "%20", upper));
    all.add(percent(segment + "/", "%20", upper));
    all.add(percent(segment + "/?", "%20", upper));
    all.add(percent(segment + "/?#", "%20", upper)); // encodeURI
    all.add(percent(segment + "/?%[]\\^`{|}", "%20", upper)); // a query of the WHATWG's URLs
  }

  private static Escaping percent(String kept, String space, boolean upper) {
    Escaping escaping = everyByte(upper ? PERCENT_UPPER : PERCENT);
    for (char c = 0; c < 128; c++) {
      if (Character.isLetterOrDigit(c) || kept.indexOf(c) >= 0) {
        escaping.written[c] = null;
      }
    }
    escaping.write(' ', space);
    return escaping;
  }

  private static Escaping everyByte(String format) {
    Escaping escaping = new Escaping();
    for (int c = 0; c < 256; c++) {
      escaping.write(c, String.format(Locale.ROOT, format, c));
    }
    return escaping;
  }

  private static void json(List<Escaping> all, boolean upper) {
    all.add(json("\"\\", "", upper));
    all.add(json("\"\\/", "", upper)); // PHP
    all.add(json("\"\\", "<>&", upper)); // Go, Rails
    all.add(json("\"\\", "<>&'=", upper)); // Gson
    all.add(json("\\", "<>&'\"", upper)); // PHP with all its flags
    all.add(json("\\/", "<>&'\"", upper));
    all.add(json("\\", "<>&'\"+`", upper)); // .NET
    all.add(json("", "\"\\/<>&'=+`", upper));
  }

  private static Escaping json(String backslashed, String byNumber, boolean upper) {
    Escaping escaping = new Escaping();
    backslashed.chars().forEach(c -> escaping.write(c, "\\" + (char) c));
    byNumber.chars().forEach(c -> escaping.write(c, "\\u" + hex(c, "%04x", upper)));
    return escaping;
  }

  private static void html(List<Escaping> all) {
    all.add(html("\"", "'")); // in text
    all.add(html("&quot;", "'"));
    for (String apostrophe : List.of("&#39;", "&#x27;", "&#039;", "&apos;")) {
      all.add(html("&quot;", apostrophe));
    }
    all.add(html("&#34;", "&#39;")); // Go
    all.add(html("&#34;", "&#39;").write('+', "&#43;")); // its templates
    all.add(html("&quot;", "&#x27;").write('/', "&#x2F;")); // OWASP
    all.add(html("&quot;", "&#x27;").write('`', "&#x60;").write('=', "&#x3D;")); // Handlebars
    all.add(html("&quot;", "&#39;").write('/', "&#x2F;").write('`', "&#x60;").write('=', "&#x3D;"));
    for (String number : List.of("&#%d;", "&#x%x;", "&#x%X;")) {
      Escaping byNumber = new Escaping();
      "&<>\"'".chars().forEach(c -> byNumber.write(c, String.format(Locale.ROOT, number, c)));
      all.add(byNumber);
    }
  }

  private static Escaping html(String quote, String apostrophe) {
    return new Escaping()
        .write('&', "&amp;")
        .write('<', "&lt;")
        .write('>', "&gt;")
        .write('"', quote)
        .write('\'', apostrophe);
  }

  private static String hex(int c, String format, boolean upper) {
    String text = String.format(Locale.ROOT, format, c);
    return upper ? text.toUpperCase(Locale.ROOT) : text;
  }

  private Escaping write(int c, String as) {
    written[c] = as.getBytes(StandardCharsets.US_ASCII);
    return this;
  }

  /** {@code text} as it is written; null when that is no other. */
  byte @Nullable [] apply(byte[] text) {
    int length = 0;
    boolean other = false;
    for (byte c : text) {
      byte[] as = written[c & 0xff];
      length += as == null ? 1 : as.length;
      other |= as != null;
    }
    if (!other) {
      return null;
    }
    byte[] out = new byte[length];
    int at = 0;
    for (byte c : text) {
      byte[] as = written[c & 0xff];
      if (as == null) {
        out[at++] = c;
      } else {
        System.arraycopy(as, 0, out, at, as.length);
        at += as.length;
      }
    }
    return out;
  }
}
