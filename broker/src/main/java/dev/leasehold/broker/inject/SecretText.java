package dev.leasehold.broker.inject;

import dev.leasehold.broker.secret.SecretFields;
import dev.leasehold.broker.secret.SecretValue;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a template gives when the fields are filled in: checked, and written as bytes. No String of
 * it is ever made.
 */
final class SecretText {
  static final int SHORTEST_SECRET = 8;

  /** The one field that is no secret. */
  private static final String USERNAME = "username";

  private static final byte[] HEX = "0123456789ABCDEF".getBytes(StandardCharsets.US_ASCII);

  private SecretText() {}

  /** Which bytes a place in a message can carry. */
  enum Charset {
    /** Printable ASCII without spaces: what a credential of an Authorization field is. */
    VISIBLE,
    /** A field value: spaces too, but not at its ends. */
    FIELD_VALUE,
    /** What is encoded on its way: everything but control bytes. */
    ENCODED,
    /** The same without a colon (RFC 7617 §2). */
    USER_ID,
    /** Printable ASCII of several lines (RFC 7468). */
    PEM;

    boolean allows(byte c) {
      return switch (this) {
        case VISIBLE -> c > 0x20 && c < 0x7f;
        case FIELD_VALUE -> c >= 0x20 && c < 0x7f;
        case ENCODED -> (c & 0xff) >= 0x20 && c != 0x7f;
        case USER_ID -> (c & 0xff) >= 0x20 && c != 0x7f && c != ':';
        case PEM -> c >= 0x20 && c < 0x7f || c == '\n' || c == '\r';
      };
    }
  }

  /** Why the fields cannot be filled in; null when they can. */
  static @Nullable InjectionRefusal check(Template template, Charset charset, SecretFields fields) {
    for (Template.Part part : template.parts()) {
      if (!(part instanceof Template.Part.Field(String name))) {
        continue;
      }
      Optional<SecretValue> value = fields.field(name);
      if (value.isEmpty()) {
        return new InjectionRefusal(
            InjectionRefusal.Reason.FIELD_MISSING,
            "the secret store's answer has no field " + name);
      }
      InjectionRefusal refusal = value.get().lend(bytes -> check(name, bytes, charset));
      if (refusal != null) {
        return refusal;
      }
    }
    return null;
  }

  private static @Nullable InjectionRefusal check(String name, byte[] bytes, Charset charset) {
    if (bytes.length < SHORTEST_SECRET && !name.equals(USERNAME)) {
      return unusable(name, "is shorter than " + SHORTEST_SECRET + " bytes");
    }
    for (byte c : bytes) {
      if (!charset.allows(c)) {
        return unusable(name, "has a byte that may not stand where it is to go");
      }
    }
    boolean padded =
        charset == Charset.FIELD_VALUE
            && bytes.length > 0
            && (bytes[0] == ' ' || bytes[bytes.length - 1] == ' ');
    return padded ? unusable(name, "begins or ends with a space") : null;
  }

  private static InjectionRefusal unusable(String name, String what) {
    return new InjectionRefusal(
        InjectionRefusal.Reason.UNUSABLE, "the credential's field " + name + " " + what);
  }

  /** The length of what the template gives, were all of it percent-encoded. */
  static int mostBytes(Template template, SecretFields fields) {
    return 3 * length(template, fields);
  }

  private static int length(Template template, SecretFields fields) {
    int length = 0;
    for (Template.Part part : template.parts()) {
      length +=
          switch (part) {
            case Template.Part.Literal(String text) -> text.length();
            case Template.Part.Field(String name) ->
                fields.field(name).map(value -> value.lend(bytes -> bytes.length)).orElse(0);
          };
    }
    return length;
  }

  /** Each part on a line of its own; to be wiped by the caller. */
  static byte[] lines(Template template, SecretFields fields) {
    byte[] text = new byte[length(template, fields) + template.parts().size()];
    ByteBuf out = Unpooled.wrappedBuffer(text).clear();
    for (Template.Part part : template.parts()) {
      write(part, fields, out);
      out.writeByte('\n');
    }
    return text;
  }

  static void write(Template template, SecretFields fields, ByteBuf out) {
    for (Template.Part part : template.parts()) {
      write(part, fields, out);
    }
  }

  private static void write(Template.Part part, SecretFields fields, ByteBuf out) {
    switch (part) {
      case Template.Part.Literal(String text) ->
          out.writeCharSequence(text, StandardCharsets.US_ASCII);
      case Template.Part.Field(String name) -> lend(fields, name, out::writeBytes);
    }
  }

  /** Percent-encodes whatever is not unreserved (RFC 3986 §2.3). */
  static void writeEncoded(Template template, SecretFields fields, ByteBuf out) {
    for (Template.Part part : template.parts()) {
      switch (part) {
        case Template.Part.Literal(String text) ->
            encode(text.getBytes(StandardCharsets.US_ASCII), out);
        case Template.Part.Field(String name) -> lend(fields, name, bytes -> encode(bytes, out));
      }
    }
  }

  private static void encode(byte[] bytes, ByteBuf out) {
    for (byte c : bytes) {
      boolean unreserved =
          c >= 'a' && c <= 'z'
              || c >= 'A' && c <= 'Z'
              || c >= '0' && c <= '9'
              || c == '-'
              || c == '.'
              || c == '_'
              || c == '~';
      if (unreserved) {
        out.writeByte(c);
      } else {
        out.writeByte('%').writeByte(HEX[(c & 0xff) >> 4]).writeByte(HEX[c & 0xf]);
      }
    }
  }

  /** What {@link #basic} gives; nothing of it is left behind. */
  static void writeBasic(Template username, Template password, SecretFields fields, ByteBuf out) {
    byte[] encoded = basic(username, password, fields, out.alloc());
    out.writeBytes(encoded);
    wipe(encoded);
  }

  /** base64(username:password), to be wiped by the caller; the buffers in between are wiped. */
  static byte[] basic(
      Template username, Template password, SecretFields fields, ByteBufAllocator allocator) {
    int length = length(username, fields) + 1 + length(password, fields);
    ByteBuf plain = allocator.heapBuffer(length, length); // grown, it would leave a copy behind
    byte[] userPass = null;
    try {
      write(username, fields, plain);
      plain.writeByte(':');
      write(password, fields, plain);
      userPass = new byte[plain.readableBytes()];
      plain.getBytes(0, userPass);
      return Base64.getEncoder().encode(userPass);
    } finally {
      plain.setZero(0, plain.writerIndex());
      plain.release();
      wipe(userPass);
    }
  }

  private static void wipe(byte @Nullable [] bytes) {
    if (bytes != null) {
      Arrays.fill(bytes, (byte) 0);
    }
  }

  private static void lend(
      SecretFields fields, String name, java.util.function.Consumer<byte[]> use) {
    SecretValue value =
        fields
            .field(name)
            .orElseThrow(() -> new IllegalStateException("not checked before it was written"));
    value.<@Nullable Void>lend(
        bytes -> {
          use.accept(bytes);
          return null;
        });
  }
}
