package dev.leasehold.experiments;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16LE;

import com.google.errorprone.annotations.Immutable;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;

/** How a target may write a secret into its answer. */
enum Spelling {
  RAW(true, secret -> secret),
  BASE64(true, secret -> core(secret, 0, Base64.getEncoder())),
  BASE64_AFTER_1(true, secret -> core(secret, 1, Base64.getEncoder())),
  BASE64_AFTER_2(true, secret -> core(secret, 2, Base64.getEncoder())),
  BASE64_URL(true, secret -> core(secret, 0, Base64.getUrlEncoder())),
  BASE64_URL_AFTER_1(true, secret -> core(secret, 1, Base64.getUrlEncoder())),
  BASE64_URL_AFTER_2(true, secret -> core(secret, 2, Base64.getUrlEncoder())),
  HEX(true, secret -> HexFormat.of().formatHex(secret.getBytes(ISO_8859_1))),
  HEX_UPPER(true, secret -> HexFormat.of().withUpperCase().formatHex(secret.getBytes(ISO_8859_1))),
  PERCENT(true, secret -> each(secret, "%%%02X", false)),
  PERCENT_LOWER(true, secret -> each(secret, "%%%02x", false)),
  PERCENT_ALL(true, secret -> each(secret, "%%%02X", true)),
  PERCENT_ALL_LOWER(true, secret -> each(secret, "%%%02x", true)),
  JSON(true, secret -> secret.replace("\"", "\\\"").replace("/", "\\/")),
  JSON_NUMBERS(
      true, secret -> secret.replace("\"", "\\\"").replace("<", "\\u003c").replace("&", "\\u0026")),
  JSON_ALL(true, secret -> each(secret, "\\u%04x", true)),
  HTML(true, secret -> secret.replace("&", "&amp;").replace("<", "&lt;").replace("\"", "&quot;")),
  HTML_NUMBERS(
      true, secret -> secret.replace("&", "&#38;").replace("<", "&#60;").replace("\"", "&#34;")),
  HTML_ALL(true, secret -> each(secret, "&#%d;", true)),
  HTML_ALL_HEX(true, secret -> each(secret, "&#x%x;", true)),

  REVERSED(false, secret -> new StringBuilder(secret).reverse().toString()),
  DASHED(false, secret -> secret.replaceAll("(.{4})", "$1-")),
  BASE64_TWICE(false, secret -> RawAgent.base64(RawAgent.base64(secret))),
  PERCENT_TWICE(false, secret -> each(secret, "%%25%02X", true)),
  OCTAL(false, secret -> each(secret, "\\%03o", true)),
  UTF_16(false, secret -> new String(secret.getBytes(UTF_16LE), ISO_8859_1));

  /** Makes the text. */
  @Immutable
  @FunctionalInterface
  private interface Writer {
    String write(String secret);
  }

  private final boolean covered;
  private final Writer writer;

  Spelling(boolean covered, Writer writer) {
    this.covered = covered;
    this.writer = writer;
  }

  /** Whether docs/redaction.md says so. */
  boolean isCovered() {
    return covered;
  }

  /** One char for one byte. */
  String write(String secret) {
    return writer.write(secret);
  }

  String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** What base64 shows of the secret alone, with so many bytes before it and some behind. */
  private static String core(String secret, int before, Base64.Encoder encoder) {
    int length = before + secret.length();
    String encoded =
        encoder.encodeToString(("xx".substring(2 - before) + secret + "tail").getBytes(ISO_8859_1));
    return encoded.substring((before * 8 + 5) / 6, length * 8 / 6);
  }

  private static String each(String secret, String format, boolean all) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < secret.length(); i++) {
      char c = secret.charAt(i);
      boolean kept = !all && (Character.isLetterOrDigit(c) || "-._~".indexOf(c) >= 0);
      out.append(kept ? String.valueOf(c) : String.format(Locale.ROOT, format, (int) c));
    }
    return out.toString();
  }
}
