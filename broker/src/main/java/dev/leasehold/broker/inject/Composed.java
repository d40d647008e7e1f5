package dev.leasehold.broker.inject;

import dev.leasehold.broker.secret.SecretFields;
import io.netty.buffer.ByteBufAllocator;
import java.util.Arrays;
import java.util.Optional;

/** What an injection makes of a secret, where that does not show any field as it is. */
public final class Composed {
  private Composed() {}

  /** As it goes to a target, but for base64's padding; the caller wipes it. */
  public static Optional<byte[]> of(Injection injection, SecretFields fields) {
    return switch (injection) {
      case Injection.Basic(Template username, Template password) ->
          fields.names().containsAll(injection.fields())
              ? Optional.of(
                  unpadded(SecretText.basic(username, password, fields, ByteBufAllocator.DEFAULT)))
              : Optional.empty();
      // Their fields stand in the call as they are, or percent-encoded one by one.
      case Injection.Bearer bearer -> Optional.empty();
      case Injection.Header header -> Optional.empty();
      case Injection.Query query -> Optional.empty();
      case Injection.Login login -> Optional.empty();
      // No target is ever told its key.
      case Injection.Mtls mtls -> Optional.empty();
    };
  }

  private static byte[] unpadded(byte[] base64) {
    int length = base64.length;
    while (base64[length - 1] == '=') {
      length--;
    }
    byte[] text = Arrays.copyOf(base64, length);
    Arrays.fill(base64, (byte) 0);
    return text;
  }
}
