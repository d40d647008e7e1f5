package dev.leasehold.broker.http;

import java.util.Locale;

/** The {@code Connection} field (RFC 9110 §7.6.1, RFC 9112 §9.3). */
public final class Persistence {
  private Persistence() {}

  /** Whether a connection lives on after the message with these fields. */
  public static boolean keepsAlive(Fields fields, boolean version11) {
    boolean keepAlive = version11;
    for (int i = 0; i < fields.size(); i++) {
      if (fields.known(i) == KnownField.CONNECTION) {
        for (String token : fields.value(i).split(",", -1)) {
          switch (token.strip().toLowerCase(Locale.ROOT)) {
            case "close" -> {
              return false;
            }
            case "keep-alive" -> keepAlive = true;
            default -> {}
          }
        }
      }
    }
    return keepAlive;
  }

  /**
   * Whether an agent's {@code Connection} names nothing but the connection itself. Any other token
   * would make this hop remove a field, perhaps one of ours.
   */
  public static boolean isPlain(Fields fields) {
    for (int i = 0; i < fields.size(); i++) {
      if (fields.known(i) == KnownField.CONNECTION) {
        for (String token : fields.value(i).split(",", -1)) {
          String word = token.strip().toLowerCase(Locale.ROOT);
          if (!word.equals("close") && !word.equals("keep-alive")) {
            return false;
          }
        }
      }
    }
    return true;
  }
}
