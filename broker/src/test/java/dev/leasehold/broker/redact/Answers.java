package dev.leasehold.broker.redact;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.leasehold.broker.inject.Injection;
import dev.leasehold.broker.inject.Template;
import dev.leasehold.broker.lease.Lease;
import dev.leasehold.broker.lease.LiveLeases;
import dev.leasehold.broker.lease.SampleLease;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Answers of one task's calls: what comes in, and what goes on to the agent. */
final class Answers {
  private static final Injection BASIC =
      new Injection.Basic(Template.parse("{username}"), Template.parse("{password}"));

  final LiveLeases leases = SampleLease.none();
  final TaskRedaction task = new TaskRedaction(leases, name -> Optional.of(BASIC));

  /** A task whose leases have these passwords. */
  static Answers of(String... secrets) {
    Answers answers = new Answers();
    for (String secret : secrets) {
      answers.lease(secret);
    }
    return answers;
  }

  Lease lease(String secret) {
    return SampleLease.bring(
        leases, SampleLease.credential("any"), Map.of("username", "user", "password", secret));
  }

  /** What every form of these secrets that is searched for would be masked to, one by one. */
  static byte[] masked(byte[] text, List<byte[]> forms) {
    byte[] out = text.clone();
    for (byte[] form : forms) {
      for (int at = 0; at + form.length <= text.length; at++) {
        if (java.util.Arrays.equals(text, at, at + form.length, form, 0, form.length)) {
          java.util.Arrays.fill(out, at, at + form.length, (byte) '*');
        }
      }
    }
    return out;
  }

  static List<byte[]> formsOf(String... secrets) {
    Forms forms = new Forms();
    for (String secret : secrets) {
      forms.addSecret(bytes(secret));
    }
    return List.of(forms.take());
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  /** The whole answer, when it comes in pieces of {@code size} bytes. */
  byte[] inPieces(byte[] text, int size) {
    try (Redaction redaction = task.begin(null)) {
      Passed passed = new Passed(redaction);
      for (int at = 0; at < text.length; at += size) {
        passed.piece(text, at, Math.min(text.length, at + size));
      }
      return passed.end();
    }
  }

  byte[] whole(byte[] text) {
    return inPieces(text, Math.max(1, text.length));
  }

  String whole(String text) {
    return text(whole(bytes(text)));
  }

  /** The whole answer, when it comes in two pieces. */
  byte[] cutAt(byte[] text, int at) {
    try (Redaction redaction = task.begin(null)) {
      Passed passed = new Passed(redaction);
      passed.piece(text, 0, at);
      passed.piece(text, at, text.length);
      return passed.end();
    }
  }

  /** What has passed of one answer so far. */
  static final class Passed {
    private final Redaction redaction;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    Passed(Redaction redaction) {
      this.redaction = redaction;
    }

    Passed piece(String text) {
      byte[] bytes = bytes(text);
      piece(bytes, 0, bytes.length);
      return this;
    }

    /** In the middle of a buffer whose other bytes are nobody's business. */
    void piece(byte[] text, int from, int to) {
      ByteBuf around = UnpooledByteBufAllocator.DEFAULT.directBuffer();
      around.writeBytes(bytes("left")).writeBytes(text, from, to - from).writeBytes(bytes("right"));
      ByteBuf piece = around.retainedSlice(4, to - from);
      take(redaction.pass(piece));
      assertEquals("left", around.toString(0, 4, StandardCharsets.ISO_8859_1));
      assertEquals("right", around.toString(4 + to - from, 5, StandardCharsets.ISO_8859_1));
      assertEquals(1, around.refCnt(), "let go of once");
      around.release();
    }

    Passed flush() {
      take(redaction.flush(UnpooledByteBufAllocator.DEFAULT));
      return this;
    }

    byte[] end() {
      take(redaction.end(UnpooledByteBufAllocator.DEFAULT));
      return out.toByteArray();
    }

    String sofar() {
      return text(out.toByteArray());
    }

    private void take(@Nullable ByteBuf passed) {
      if (passed != null) {
        byte[] bytes = new byte[passed.readableBytes()];
        passed.readBytes(bytes);
        out.writeBytes(bytes);
        passed.release();
      }
    }
  }
}
