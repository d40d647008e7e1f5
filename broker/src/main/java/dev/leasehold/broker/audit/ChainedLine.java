package dev.leasehold.broker.audit;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The places of a line that the chain is made of. A line ends with its {@code prev} and its {@code
 * hash}; the hash is the SHA-256 of the line's bytes as they are without the hash member, newline
 * excluded.
 */
record ChainedLine(long seq, String prev, String hash) {
  private static final Pattern FORM =
      Pattern.compile(
          "\\{\"time\":\"[^\"\\\\]{20,40}\",\"seq\":([1-9][0-9]{0,17}),\"type\":\"[^\"\\\\]+\".*"
              + ",\"prev\":\"([0-9a-f]{64})\",\"hash\":\"([0-9a-f]{64})\"}",
          Pattern.DOTALL);
  private static final int HASH_MEMBER = ",\"hash\":\"\"".length() + 64;

  /**
   * Empty when the bytes are no line of a chain. Whether the hash is right is not looked at.
   *
   * @param line without its newline
   */
  static Optional<ChainedLine> parse(byte[] line) {
    Matcher form = FORM.matcher(new String(line, StandardCharsets.ISO_8859_1));
    return form.matches()
        ? Optional.of(new ChainedLine(Long.parseLong(form.group(1)), form.group(2), form.group(3)))
        : Optional.empty();
  }

  /** What the hash of a line that {@link #parse} took should be. */
  static String hashOf(byte[] line) {
    MessageDigest digest = sha256();
    digest.update(line, 0, line.length - HASH_MEMBER - 1);
    digest.update((byte) '}');
    return HexFormat.of().formatHex(digest.digest());
  }

  /** The head of a chain that ends with this line, if it is one that nobody changed. */
  static Optional<Head> head(byte[] line) {
    return parse(line)
        .filter(parsed -> parsed.hash().equals(hashOf(line)))
        .map(parsed -> new Head(parsed.seq(), parsed.hash()));
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
