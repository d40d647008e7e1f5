package dev.leasehold.broker.redact;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.leasehold.broker.redact.Answers.Passed;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every byte of a secret is masked, and no other, wherever an answer is cut into pieces. */
final class RedactionTest {
  private static final String PLAIN = "hvs-4kQz81LmNo7";
  private static final String SHORT = "8bytes!?";
  private static final String SPECIAL = "p/a+s=s \"w<o>r'd&\\x";
  private static final String REPETITIVE = "abababababc";

  private static final String NOISE =
      "{\"name\": \"value\", <a href='x'>%20\\u0041&amp;aGVsbG8=0123456789abcdefABCDEF\r\n";

  private static byte[] noise(Random random, int most) {
    byte[] noise = new byte[random.nextInt(most + 1)];
    for (int i = 0; i < noise.length; i++) {
      noise[i] = (byte) NOISE.charAt(random.nextInt(NOISE.length()));
    }
    return noise;
  }

  private static byte[] join(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  private static void assertMasked(byte[] text, List<byte[]> forms, byte[] out) {
    assertEquals(Answers.text(Answers.masked(text, forms)), Answers.text(out));
  }

  @ParameterizedTest
  @ValueSource(strings = {PLAIN, SHORT, SPECIAL, REPETITIVE})
  void everyFormIsMaskedWhereverItIsCutInTwo(String secret) {
    // Given
    Random random = new Random(1);
    Answers answers = Answers.of(secret);
    List<byte[]> forms = Answers.formsOf(secret);

    for (byte[] form : forms) {
      byte[] text = join(noise(random, 30), form, noise(random, 30));
      for (int at = 0; at <= text.length; at++) {
        // When
        byte[] out = answers.cutAt(text, at);

        // Then
        assertMasked(text, forms, out);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {PLAIN, SHORT, SPECIAL, REPETITIVE})
  void everyFormIsMaskedWhateverTheSizeOfThePieces(String secret) {
    // Given
    Random random = new Random(2);
    Answers answers = Answers.of(secret);
    List<byte[]> forms = Answers.formsOf(secret);

    for (byte[] form : forms) {
      byte[] text = join(noise(random, 30), form, noise(random, 30), form);
      for (int size = 1; size <= text.length; size++) {
        // When
        byte[] out = answers.inPieces(text, size);

        // Then
        assertMasked(text, forms, out);
      }
    }
  }

  /** Beginnings, ends, misspellings, forms within forms and over one another. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void nothingButSecretsIsMasked(long seed) {
    // Given
    Random random = new Random(seed);
    String[] secrets = {PLAIN, PLAIN + "-longer", "4kQz81Lm", SPECIAL, REPETITIVE, "babababa"};
    Answers answers = Answers.of(secrets);
    List<byte[]> forms = Answers.formsOf(secrets);

    for (int round = 0; round < 400; round++) {
      List<byte[]> parts = new ArrayList<>();
      for (int i = random.nextInt(12); i >= 0; i--) {
        byte[] form = forms.get(random.nextInt(forms.size())).clone();
        int cut = random.nextInt(form.length + 1);
        switch (random.nextInt(6)) {
          case 0 -> parts.add(form);
          case 1 -> parts.add(java.util.Arrays.copyOf(form, cut));
          case 2 -> parts.add(java.util.Arrays.copyOfRange(form, cut, form.length));
          case 3 -> {
            form[random.nextInt(form.length)] ^= 1;
            parts.add(form);
          }
          case 4 -> {
            parts.add(java.util.Arrays.copyOf(form, cut));
            parts.add(form);
          }
          default -> parts.add(noise(random, 20));
        }
      }
      byte[] text = join(parts.toArray(byte[][]::new));

      // When
      byte[] out = answers.inPieces(text, 1 + random.nextInt(40));

      // Then
      assertMasked(text, forms, out);
    }
  }

  @Test
  void overlappingSecretsAreMaskedAsOneStretch() {
    // Given
    Answers answers = Answers.of("12345678", "67890abc", "345678");

    // When
    String out = answers.whole("x1234567890abcx12345678x345678x");

    // Then
    assertEquals("x*************x********x345678x", out);
  }

  @Test
  void textWithoutSecretsPassesAsTheBufferItCameIn() {
    // Given
    ByteBuf piece = Unpooled.copiedBuffer("nothing to see here", StandardCharsets.US_ASCII);

    // When
    ByteBuf out;
    try (Redaction redaction = Answers.of(PLAIN).task.begin(null)) {
      out = redaction.pass(piece);
    }

    // Then
    assertSame(piece, out);
    out.release();
  }

  @Test
  void secretsAreCountedOnceHoweverTheyCome() {
    // Given
    byte[] text = Answers.bytes("a" + PLAIN + "b" + PLAIN + PLAIN + "c");
    for (int size = 1; size <= text.length; size++) {
      try (Redaction redaction = Answers.of(PLAIN).task.begin(null)) {
        Passed passed = new Passed(redaction);

        // When
        for (int at = 0; at < text.length; at += size) {
          passed.piece(text, at, Math.min(text.length, at + size));
        }
        passed.end();

        // Then
        assertEquals(3, redaction.takeFound(), "in pieces of " + size);
        assertEquals(0, redaction.takeFound());
      }
    }
  }

  @Test
  void noSizeSwitchesItOff() {
    // Given
    Random random = new Random(3);
    int mebibyte = 1024 * 1024;
    byte[] block = new byte[mebibyte];
    for (int i = 0; i < block.length; i++) {
      block[i] = (byte) NOISE.charAt(random.nextInt(NOISE.length()));
    }
    byte[] secret = Answers.bytes(PLAIN);
    long passed = 0;
    int leaked = 0;
    int found = 0;
    try (Redaction redaction = Answers.of(PLAIN).task.begin(null)) {
      for (int i = 0; i < 64; i++) {
        byte[] text = block.clone();
        // one across each of the search's own steps, somewhere else each time, and one at the end
        for (int at = 32 * 1024; at < mebibyte; at += 32 * 1024) {
          System.arraycopy(secret, 0, text, at - 1 - i % secret.length, secret.length);
        }
        System.arraycopy(secret, 0, text, mebibyte - secret.length, secret.length);

        // When
        ByteBuf out = redaction.pass(Unpooled.wrappedBuffer(text));

        // Then
        byte[] bytes = new byte[out.readableBytes()];
        out.readBytes(bytes).release();
        passed += bytes.length;
        leaked += Answers.text(bytes).contains(PLAIN) ? 1 : 0;
        found += redaction.takeFound();
      }
      ByteBuf rest = redaction.end(UnpooledByteBufAllocator.DEFAULT);
      passed += rest == null ? 0 : rest.readableBytes();
    }
    assertEquals(64L * mebibyte, passed);
    assertEquals(0, leaked);
    assertEquals(64 * 32, found);
  }

  @Test
  void decoysDoNotSwitchItOff() {
    // Given
    Answers answers = Answers.of(PLAIN);
    String decoys = PLAIN.repeat(10_000) + PLAIN.substring(0, PLAIN.length() - 1) + "_";

    // When
    String out = answers.whole(decoys + PLAIN);

    // Then
    assertEquals(
        "*".repeat(PLAIN.length() * 10_000)
            + PLAIN.substring(0, PLAIN.length() - 1)
            + "_"
            + "*".repeat(PLAIN.length()),
        out);
  }

  @Test
  void aFewBytesThatBeginASecretDoNotWaitForMore() {
    // Given
    try (Redaction redaction = Answers.of(PLAIN + PLAIN).task.begin(null)) {
      Passed passed = new Passed(redaction);

      // When
      passed.piece("data: " + PLAIN.substring(0, 7));
      String before = passed.sofar();
      passed.flush();

      // Then
      assertEquals("data: ", before);
      assertEquals("data: " + PLAIN.substring(0, 7), passed.sofar());
    }
  }

  @Test
  void eightBytesOfASecretWaitAtAFlush() {
    // Given
    try (Redaction redaction = Answers.of(PLAIN + PLAIN).task.begin(null)) {
      Passed passed = new Passed(redaction);

      // When
      passed.piece("data: " + PLAIN.substring(0, 8)).flush();

      // Then
      assertEquals("data: ", passed.sofar());
      assertEquals("data: " + PLAIN.substring(0, 8), Answers.text(passed.end()));
    }
  }

  @Test
  void halfOfAShortSecretWaitsAtAFlush() {
    // Given
    try (Redaction redaction = Answers.of("12345678").task.begin(null)) {
      Passed passed = new Passed(redaction);

      // When
      passed.piece("1").flush().piece("2").flush().piece("3").flush().piece("4").flush();
      String waiting = passed.sofar();
      passed.piece("5").flush().piece("6").flush().piece("7").flush().piece("8").flush();

      // Then
      assertEquals("123", waiting);
      assertEquals("123*****", passed.sofar());
    }
  }

  @Test
  void whatFollowsAFlushWithinASecretIsMasked() {
    // Given
    for (int cut = 1; cut < 8; cut++) {
      try (Redaction redaction = Answers.of(PLAIN + PLAIN).task.begin(null)) {
        Passed passed = new Passed(redaction);

        // When
        passed.piece("x" + PLAIN.substring(0, cut)).flush();
        passed.piece(PLAIN.substring(cut) + PLAIN + "y");

        // Then
        assertEquals(
            "x" + PLAIN.substring(0, cut) + "*".repeat(2 * PLAIN.length() - cut) + "y",
            Answers.text(passed.end()));
        assertEquals(1, redaction.takeFound());
      }
    }
  }

  @Test
  void secretThatMayBePartOfALongerOneIsMaskedAtAFlush() {
    // Given
    try (Redaction redaction = Answers.of(PLAIN, PLAIN + "-and-more").task.begin(null)) {
      Passed passed = new Passed(redaction);

      // When
      passed.piece("a" + PLAIN).flush();
      String flushed = passed.sofar();
      passed.piece("-and-more" + "z").flush();

      // Then
      assertEquals("a" + "*".repeat(PLAIN.length()), flushed);
      assertEquals("a" + "*".repeat(PLAIN.length() + 9) + "z", passed.sofar());
      assertEquals(1, redaction.takeFound());
    }
  }

  @Test
  void wholeSecretWithinTheBeginningOfAnotherIsMaskedAtTheEnd() {
    // Given
    String inner = "inner-secret";
    Answers answers = Answers.of(inner, "outer-" + inner + "-outer");

    // When
    String out = answers.whole("outer-" + inner + "-out");

    // Then
    assertEquals("outer-" + "*".repeat(inner.length()) + "-out", out);
  }

  @Test
  void nothingIsHeldBackTwice() {
    // Given
    try (Redaction redaction = Answers.of(PLAIN).task.begin(null)) {
      Passed passed = new Passed(redaction);

      // When
      passed.piece(PLAIN.substring(0, 5)).flush();

      // Then
      assertNull(redaction.flush(UnpooledByteBufAllocator.DEFAULT));
      assertNull(redaction.end(UnpooledByteBufAllocator.DEFAULT));
    }
  }

  @Test
  void headsAreMaskedButForTheirColons() {
    // Given
    String secret = "user:pass:word";
    String head = "location: https://x/?a=" + secret + "\r\nx-echo: " + secret + "\r\nvia: x\r\n";
    ByteBuf buffer = ByteBufAllocator.DEFAULT.directBuffer();
    buffer.writeBytes(Answers.bytes("status\r\n" + head + "user:pass:word"));

    // When
    try (Redaction redaction = Answers.of(secret).task.begin(null)) {
      redaction.maskHead(buffer, 8, 8 + head.length());

      // Then
      assertEquals(2, redaction.takeFound());
      assertEquals(
          "status\r\n" + head.replace(secret, "****:****:****") + "user:pass:word",
          buffer.toString(StandardCharsets.US_ASCII));
    }
    buffer.release();
  }

  @Test
  void taskWithoutALeaseLetsEverythingPass() {
    // Given
    byte[] text = Answers.bytes(PLAIN);

    // When
    byte[] out = new Answers().whole(text);

    // Then
    assertArrayEquals(text, out);
  }

  @Test
  void tasksDoNotKnowEachOthersSecrets() {
    // Given
    Answers one = Answers.of(PLAIN);
    Answers other = Answers.of(SPECIAL);

    // When
    String ofOne = one.whole(PLAIN + " " + SPECIAL);
    String ofOther = other.whole(PLAIN + " " + SPECIAL);

    // Then
    assertEquals("*".repeat(PLAIN.length()) + " " + SPECIAL, ofOne);
    assertEquals(PLAIN + " " + "*".repeat(SPECIAL.length()), ofOther);
    assertFalse(ofOne.equals(ofOther));
  }
}
