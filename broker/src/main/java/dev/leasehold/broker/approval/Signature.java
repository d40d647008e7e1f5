package dev.leasehold.broker.approval;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * What a webhook's questions and answers are signed with: {@code t=SECONDS,v1=HEX}, the HMAC-SHA256
 * (RFC 2104) of {@code question} or {@code answer}, a dot, the seconds since 1970, a dot and the
 * body. The first word keeps a question from passing for an answer.
 */
final class Signature {
  static final String HEADER = "Leasehold-Signature";

  /** How far two clocks may be apart. */
  static final Duration SKEW = Duration.ofMinutes(5);

  static final int SHORTEST_KEY = 32;

  private static final Pattern FORM = Pattern.compile("t=([0-9]{1,12}),v1=([0-9a-f]{64})");

  private final SecretKeySpec key;

  /**
   * @param key the shared secret's bytes
   */
  Signature(byte[] key) {
    this.key = new SecretKeySpec(key, "HmacSHA256");
  }

  String ofQuestion(byte[] body, Instant now) {
    return "t=" + now.getEpochSecond() + ",v1=" + hex("question", now.getEpochSecond(), body);
  }

  /** Whether whoever has the key signed this answer, a moment ago. */
  boolean isOfAnswer(@Nullable String header, byte[] body, Instant now) {
    Matcher said = FORM.matcher(header == null ? "" : header);
    if (!said.matches()) {
      return false;
    }
    long seconds = Long.parseLong(said.group(1));
    return MessageDigest.isEqual(
            hex("answer", seconds, body).getBytes(StandardCharsets.US_ASCII),
            said.group(2).getBytes(StandardCharsets.US_ASCII))
        && Math.abs(now.getEpochSecond() - seconds) <= SKEW.toSeconds();
  }

  private String hex(String what, long seconds, byte[] body) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(key);
      mac.update((what + "." + seconds + ".").getBytes(StandardCharsets.US_ASCII));
      return HexFormat.of().formatHex(mac.doFinal(body));
    } catch (GeneralSecurityException everyJdkHasIt) {
      throw new IllegalStateException(everyJdkHasIt);
    }
  }
}
