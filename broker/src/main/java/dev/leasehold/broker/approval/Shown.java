package dev.leasehold.broker.approval;

import dev.leasehold.broker.destination.Destination;
import dev.leasehold.broker.policy.Facts;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What an approver is shown of a call: what Leasehold saw of it, and never more than that.
 *
 * @param query of the request; empty: none
 * @param body what the call sends
 */
public record Shown(Facts facts, String query, Body body) {
  /** Of a body as far as it was held back. */
  public sealed interface Body {
    /** There is none. */
    record None() implements Body {}

    /**
     * All of it.
     *
     * @param digest SHA-256, hex
     * @param latin1 its bytes, each as one character, without the secrets of the task
     */
    record Whole(int size, String digest, String latin1) implements Body {
      /** Without what it holds. */
      @Override
      public String toString() {
        return "Whole[" + size + " bytes, SHA-256 " + digest + "]";
      }
    }

    /** More than is held back, or the agent waits to be asked for it: it would pass unseen. */
    record Unseen() implements Body {}
  }

  private static final Body NONE = new Body.None();

  /** For what has no body, such as the opening of a task. */
  public static Shown of(Facts facts) {
    return new Shown(facts, "", NONE);
  }

  /**
   * Of a body that came whole.
   *
   * @param masked takes what nobody is shown out of it
   */
  public static Body whole(byte[] bytes, UnaryOperator<String> masked) {
    return new Body.Whole(
        bytes.length,
        hex(sha256().digest(bytes)),
        masked.apply(new String(bytes, StandardCharsets.ISO_8859_1)));
  }

  /** The call in one text, the same for the same call and for no other; SHA-256, hex. */
  String digest() {
    MessageDigest digest = sha256();
    @Nullable Destination destination = facts.destination();
    String target =
        destination == null ? "" : destination.name() + " " + destination.target().authority();
    for (String part :
        new String[] {
          facts.task().id().text(),
          facts.action().word(),
          facts.method(),
          target,
          facts.path().text(),
          query,
          switch (body) {
            case Body.None none -> "";
            case Body.Whole whole -> whole.digest();
            case Body.Unseen unseen -> "unseen";
          }
        }) {
      byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
      digest.update((bytes.length + ":").getBytes(StandardCharsets.US_ASCII));
      digest.update(bytes);
    }
    return hex(digest.digest());
  }

  /** Without query and body, which are for approvers alone. */
  @Override
  public String toString() {
    return "Shown[" + facts.method() + " " + facts.path() + " of " + facts.task().id() + "]";
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException everyJdkHasIt) {
      throw new IllegalStateException(everyJdkHasIt);
    }
  }
}
