package dev.leasehold.broker.redact;

import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.FastThreadLocal;
import java.util.Arrays;

/**
 * Where one thread searches a piece of text at a time: a copy on the heap, which is read far faster
 * than a buffer byte by byte. Masks what it finds and says how far the text is settled. Nothing of
 * it is kept from one search to the next.
 */
final class Scratch {
  static final byte MASK = '*';

  /** Small enough for the copy to stay in the processor's nearest caches. */
  private static final int SIZE = 32 * 1024;

  private static final FastThreadLocal<Scratch> OF_THREAD =
      new FastThreadLocal<>() {
        @Override
        protected Scratch initialValue() {
          return new Scratch();
        }
      };

  private byte[] text = new byte[SIZE];
  private int found;
  private int settled;
  private int covered;
  private int maskedFrom;
  private int maskedTo;

  private Scratch() {}

  /**
   * This thread's.
   *
   * @param length bytes that there must be room for, besides several of the longest form
   */
  static Scratch roomFor(PatternSet patterns, int length) {
    Scratch scratch = OF_THREAD.get();
    int least = Math.max(length, 4 * patterns.longest());
    if (scratch.text.length < least) {
      scratch.text = new byte[least];
    }
    return scratch;
  }

  byte[] text() {
    return text;
  }

  /**
   * Masks every byte that any form covers, as far as that can be said: forms overlap, stand within
   * one another, and may go on beyond the end.
   *
   * @param length how much of {@link #text} there is
   * @param masked how much of its beginning is known to be covered
   * @param last whether nothing follows
   */
  void search(PatternSet patterns, int length, int masked, boolean last) {
    found = 0;
    settled = length;
    maskedFrom = length;
    maskedTo = 0;
    int from = 0; // of the stretch that is not masked yet: what is behind it is still compared
    int to = masked;
    int at = patterns.next(text, 0, length);
    while (patterns.fits(at, length)) {
      int match = patterns.match(text, at, length);
      int whole = match & ~PatternSet.OPEN;
      if (whole > 0 && at + whole > to) {
        if (at >= to) {
          mask(from, to);
          from = at;
          found++;
        }
        to = at + whole;
      }
      if (match >= PatternSet.OPEN && !last) {
        settled = at;
        break;
      }
      at = patterns.next(text, at + 1, length);
    }
    if (settled == length && !last) {
      settled = patterns.unfinished(text, at, length);
    }
    mask(from, Math.min(to, settled));
    covered = Math.max(0, to - settled);
  }

  private void mask(int from, int to) {
    if (from < to) {
      Arrays.fill(text, from, to, MASK);
      maskedFrom = Math.min(maskedFrom, from);
      maskedTo = to;
    }
  }

  /** How many stretches of covered bytes begin in the text; one that was known is none. */
  int found() {
    return found;
  }

  /** What is before this is as it may go on; from here on a form may begin that goes further. */
  int settled() {
    return settled;
  }

  /** How many bytes from {@link #settled} on are covered, whatever follows. */
  int covered() {
    return covered;
  }

  /**
   * Copies what was masked back.
   *
   * @param from the place in the text that {@code at} of the buffer was copied to
   */
  void writeBack(int from, ByteBuf buffer, int at) {
    int first = Math.max(maskedFrom, from);
    if (first < maskedTo) {
      buffer.setBytes(at + first - from, text, first, maskedTo - first);
    }
  }

  /** Overwrites what was not settled: it may be the beginning of a secret. */
  void wipeUnsettled(int length) {
    Arrays.fill(text, settled, length, (byte) 0);
  }
}
