package dev.leasehold.broker.http;

import java.util.Locale;
import java.util.Set;

/** The {@code Connection} field (RFC 9110 §7.6.1, RFC 9112 §9.3). */
public final class Persistence {
  /** What clients list of their own accord; none of these fields ever passes. */
  private static final Set<String> ENDS_HERE =
      Set.of("close", "keep-alive", "upgrade", "http2-settings", "te", "proxy-connection");

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
   * Whether an agent's {@code Connection} names nothing but the connection itself and fields that
   * end here anyway. Any other token would make this hop remove a field, perhaps one of ours.
   */
  public static boolean isPlain(Fields fields) {
    for (int i = 0; i < fields.size(); i++) {
      if (fields.known(i) == KnownField.CONNECTION) {
        for (String token : fields.value(i).split(",", -1)) {
          if (!ENDS_HERE.contains(token.strip().toLowerCase(Locale.ROOT))) {
            return false;
          }
        }
      }
    }
    return true;
  }
}
