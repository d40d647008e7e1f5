package dev.leasehold.testbed.target;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Base64;
import java.util.Optional;

/** What a Basic {@code Authorization} header names (RFC 7617). */
public record BasicLogin(String user, String password) {

  /** Empty for a header of another scheme or form, and for none. */
  public static Optional<BasicLogin> parse(String header) {
    if (!header.startsWith("Basic ")) {
      return Optional.empty();
    }
    try {
      String pair = new String(Base64.getDecoder().decode(header.substring(6).strip()), UTF_8);
      int colon = pair.indexOf(':');
      return colon < 0
          ? Optional.empty()
          : Optional.of(new BasicLogin(pair.substring(0, colon), pair.substring(colon + 1)));
    } catch (IllegalArgumentException notBase64) {
      return Optional.empty();
    }
  }

  /** Without the password. */
  @Override
  public String toString() {
    return "BasicLogin[" + user + "]";
  }
}
