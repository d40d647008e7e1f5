package dev.leasehold.testbed.vault.token;

import java.security.SecureRandom;

/** Random values in the shapes that Vault gives them. */
public final class Secrets {
  private static final String BASE62 =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  private static final SecureRandom RANDOM = new SecureRandom();

  private Secrets() {}

  /** Letters and digits. */
  public static String base62(int length) {
    StringBuilder text = new StringBuilder(length);
    RANDOM.ints(length, 0, BASE62.length()).forEach(i -> text.append(BASE62.charAt(i)));
    return text.toString();
  }
}
