package dev.leasehold.broker.audit;

import dev.leasehold.broker.telemetry.JsonBytes;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.DigestException;
import java.security.MessageDigest;

/**
 * Makes the lines of one chain, in one buffer that is used for every batch. For the writer thread
 * only.
 */
final class Chain {
  private static final int HEX_LENGTH = 64;
  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

  private final JsonBytes batch = new JsonBytes(64 * 1024);
  private final MessageDigest digest = ChainedLine.sha256();
  private final AuditLine line;
  private final byte[] raw = new byte[HEX_LENGTH / 2];

  private long seq;
  private final byte[] prev = new byte[HEX_LENGTH];
  private Head before = Head.NONE;

  Chain(Head head) {
    line = new AuditLine(batch);
    continueFrom(head);
  }

  void continueFrom(Head head) {
    seq = head.seq();
    System.arraycopy(head.hash().getBytes(StandardCharsets.US_ASCII), 0, prev, 0, HEX_LENGTH);
  }

  Head head() {
    return new Head(seq, new String(prev, StandardCharsets.US_ASCII));
  }

  /** Forgets the lines of the batch before. */
  void beginBatch() {
    batch.truncate(0);
    before = head();
  }

  /** Takes back every line since {@link #beginBatch}: they were not written. */
  void undoBatch() {
    batch.truncate(0);
    continueFrom(before);
  }

  /**
   * Adds a line.
   *
   * @throws RuntimeException when the event cannot be put into words; the chain is as before then
   */
  void add(AuditEvent event, long epochMillis) {
    int start = batch.length();
    try {
      line.begin(epochMillis, seq + 1, EventFormat.type(event));
      EventFormat.write(event, line);
      batch.name(AuditField.PREV.encoded()).raw('"').raw(prev).raw('"').raw('}');
      if (batch.length() - start > AuditLine.MOST_BYTES - HEX_LENGTH - 12) {
        throw new IllegalStateException("the line is too long");
      }
      digest.update(batch.buffer(), start, batch.length() - start);
      digest.digest(raw, 0, raw.length);
    } catch (DigestException impossible) {
      throw new IllegalStateException(impossible);
    } catch (RuntimeException failure) {
      digest.reset();
      batch.truncate(start);
      throw failure;
    }
    for (int i = 0; i < raw.length; i++) {
      prev[2 * i] = HEX[raw[i] >> 4 & 0xf];
      prev[2 * i + 1] = HEX[raw[i] & 0xf];
    }
    seq++;
    batch.truncate(batch.length() - 1);
    batch.name(AuditField.HASH.encoded()).raw('"').raw(prev).raw('"').raw('}').raw('\n');
  }

  JsonBytes batch() {
    return batch;
  }

  /** The lines of the batch, valid until the next change. */
  ByteBuffer bytes() {
    return ByteBuffer.wrap(batch.buffer(), 0, batch.length());
  }
}
