package dev.leasehold.broker.task;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;

/**
 * The 256-bit token by which calls name their task. It is shown once, when the task is opened; the
 * broker keeps its SHA-256 only.
 */
public final class TaskToken {
  private static final int BYTES = 32;
  private final String text;

  private TaskToken(String text) {
    this.text = text;
  }

  static TaskToken random(SecureRandom random) {
    byte[] bytes = new byte[BYTES];
    random.nextBytes(bytes);
    return new TaskToken(Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
  }

  /** The token itself, for the one answer that hands it out. */
  public String reveal() {
    return text;
  }

  static byte[] digest(byte[] token) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(token);
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  byte[] digest() {
    return digest(text.getBytes(StandardCharsets.US_ASCII));
  }

  @Override
  public String toString() {
    return "TaskToken[masked]";
  }
}
