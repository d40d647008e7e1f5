package dev.leasehold.broker.ca;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Certificates as text (RFC 7468 §5). */
final class Pem {
  private static final Pattern CERTIFICATE =
      Pattern.compile("-----BEGIN CERTIFICATE-----([^-]*)-----END CERTIFICATE-----");
  private static final Base64.Encoder LINES = Base64.getMimeEncoder(64, new byte[] {'\n'});

  private Pem() {}

  static byte[] write(List<byte[]> certificates) {
    StringBuilder text = new StringBuilder();
    certificates.forEach(certificate -> text.append(block("CERTIFICATE", certificate)));
    return text.toString().getBytes(StandardCharsets.US_ASCII);
  }

  /** RFC 7468 §7. */
  static String request(byte[] encoded) {
    return block("CERTIFICATE REQUEST", encoded);
  }

  private static String block(String label, byte[] encoded) {
    return "-----BEGIN %s-----\n%s\n-----END %s-----\n"
        .formatted(label, LINES.encodeToString(encoded), label);
  }

  /** Leaves out what stands between certificates, names mostly. */
  static List<byte[]> read(byte[] file) throws IOException {
    List<byte[]> certificates = new ArrayList<>();
    Matcher found = CERTIFICATE.matcher(new String(file, StandardCharsets.ISO_8859_1));
    try {
      while (found.find()) {
        certificates.add(Base64.getMimeDecoder().decode(found.group(1)));
      }
    } catch (IllegalArgumentException notBase64) {
      throw new IOException("a certificate in the file of roots is not Base64", notBase64);
    }
    return certificates;
  }
}
