package dev.leasehold.broker.redact;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Takes the task's secrets out of one call's answer, piece by piece, wherever the pieces are cut:
 * each byte of a secret becomes {@code *}, so that no length changes. What may be the beginning of
 * a secret at the end of a piece is held back until it is known what follows; that is never more
 * than the longest form in which a secret is searched for. On one event loop; to be closed when the
 * last byte has drained.
 */
public final class Redaction implements AutoCloseable {
  private static final byte[] NOTHING = {};

  private final TaskRedaction task;

  /** The newest set of the task that was looked at, which {@link #patterns} covers. */
  private PatternSet seen;

  private PatternSet patterns;
  private boolean closed;
  private int found;

  /** The end of what has come, which is not settled: the first {@link #held} bytes. */
  private byte[] tail = NOTHING;

  private int held;

  /** How many of them have been let go of at a flush; they are still compared. */
  private int released;

  /** How many of them are covered, whatever follows. */
  private int covered;

  /**
   * @param patterns entered for this call
   */
  Redaction(TaskRedaction task, PatternSet seen, PatternSet patterns) {
    this.task = task;
    this.seen = seen;
    this.patterns = patterns;
  }

  /** How many secrets were masked since this was last asked. */
  public int takeFound() {
    int count = found;
    found = 0;
    return count;
  }

  /**
   * Masks what stands in a part of a head. Colons stay: they part names from values.
   *
   * @param from index of the first byte
   * @param to index behind the last one
   */
  public void maskHead(ByteBuf head, int from, int to) {
    follow();
    int length = to - from;
    if (patterns.isEmpty() || length == 0) {
      return;
    }
    Scratch scratch = Scratch.roomFor(patterns, length);
    byte[] text = scratch.text();
    head.getBytes(from, text, 0, length);
    scratch.search(patterns, length, 0, true);
    if (scratch.found() > 0) {
      found += scratch.found();
      for (int i = 0; i < length; i++) {
        if (text[i] == Scratch.MASK && head.getByte(from + i) != ':') {
          head.setByte(from + i, Scratch.MASK);
        }
      }
    }
  }

  /**
   * The next piece of the body, masked, as far as it may go on: often {@code piece} itself.
   *
   * @param piece taken over
   * @return to be released by the caller; may be empty
   */
  public ByteBuf pass(ByteBuf piece) {
    follow();
    if (patterns.isEmpty()) {
      return piece;
    }
    boolean tailFirst = held > released;
    ByteBuf out = tailFirst ? withRoomForTail(piece) : piece;
    Scratch scratch = Scratch.roomFor(patterns, 0);
    byte[] text = scratch.text();
    System.arraycopy(tail, 0, text, 0, held);
    int at = piece.readerIndex();
    int end = piece.writerIndex();
    while (true) {
      int taken = Math.min(end - at, text.length - held);
      piece.getBytes(at, text, held, taken);
      int length = held + taken;
      scratch.search(patterns, length, covered, false);
      found += scratch.found();
      covered = scratch.covered();
      int settled = scratch.settled();
      if (settled > released && held > released) {
        out.writeBytes(text, released, Math.min(settled, held) - released);
      }
      scratch.writeBack(held, piece, at);
      int kept = Math.max(0, settled - held); // of what was taken
      if (at + taken == end) {
        released = Math.max(0, released - settled);
        hold(text, settled, length);
        scratch.wipeUnsettled(length);
        piece.writerIndex(at + kept);
        break;
      }
      at += kept; // the unsettled rest is taken once more, with what follows it
      held = 0;
      released = 0;
    }
    if (tailFirst) {
      out.writeBytes(piece);
      piece.release();
    }
    return out;
  }

  private ByteBuf withRoomForTail(ByteBuf piece) {
    return piece.alloc().directBuffer(held + piece.readableBytes());
  }

  private void hold(byte[] text, int from, int to) {
    held = to - from;
    if (held > tail.length) {
      Arrays.fill(tail, (byte) 0);
      tail = new byte[Math.max(held, patterns.longest())];
    }
    System.arraycopy(text, from, tail, 0, held);
  }

  /**
   * What may be let go of although nothing has followed it yet: everything but the telling
   * beginning of a secret. Null when there is nothing.
   */
  public @Nullable ByteBuf flush(ByteBufAllocator allocator) {
    if (held == released) {
      return null;
    }
    int to = Math.max(covered, patterns.telling(tail, 0, held));
    return to > released ? letGo(allocator, to) : null;
  }

  /** What was held back, when nothing follows. Null when there is nothing. */
  public @Nullable ByteBuf end(ByteBufAllocator allocator) {
    if (held == released) {
      return null;
    }
    Scratch scratch = Scratch.roomFor(patterns, 0);
    System.arraycopy(tail, 0, scratch.text(), 0, held);
    scratch.search(patterns, held, covered, true);
    found += scratch.found();
    hold(scratch.text(), 0, held);
    covered = 0;
    return letGo(allocator, held);
  }

  private ByteBuf letGo(ByteBufAllocator allocator, int to) {
    ByteBuf out = allocator.directBuffer(to - released);
    for (int i = released; i < to; i++) {
      out.writeByte(i < covered ? Scratch.MASK : tail[i]);
    }
    released = to;
    return out;
  }

  /** A task may get more secrets while a call of it runs. */
  private void follow() {
    PatternSet newest = task.patterns();
    if (newest != seen) {
      patterns = task.follow(patterns, newest);
      seen = newest;
    }
  }

  /** Idempotent. */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      Arrays.fill(tail, (byte) 0);
      held = 0;
      released = 0;
      patterns.leave();
    }
  }
}
