package dev.leasehold.broker.proxy;

import dev.leasehold.broker.http.Wire;
import dev.leasehold.broker.proxy.Answers.Delimiting;
import dev.leasehold.broker.upstream.Channels;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What an agent is sent of one answer: the head, then the body, delimited. On its event loop. */
final class AnswerWriter {
  /** Up to this many bytes of body are copied behind the head, which is cheaper than two writes. */
  private static final int COPIED = 4096;

  private final Channel channel;
  private final CallRecord record;

  /** Waits for what goes with it, or may yet keep it from being sent. */
  private @Nullable ByteBuf head;

  private Delimiting delimiting = Delimiting.AS_IT_CAME;
  private int status;
  private boolean begun;

  AnswerWriter(Channel channel, CallRecord record) {
    this.channel = channel;
    this.record = record;
  }

  /** A 1xx answer, which is before the head. */
  void interim(ByteBuf bytes) {
    Channels.write(channel, bytes);
    channel.flush();
  }

  /**
   * The head; it goes with what comes next, or at a flush.
   *
   * @param bytes taken over
   * @param body how it is delimited
   */
  void head(int code, ByteBuf bytes, Delimiting body) {
    status = code;
    head = bytes;
    delimiting = body;
  }

  /** Whether there is a head, sent or not. */
  boolean hasHead() {
    return begun || head != null;
  }

  /** Whether the agent has been sent the head. */
  boolean hasBegun() {
    return begun;
  }

  /** What the agent was answered; 0 before. */
  int status() {
    return begun ? status : 0;
  }

  private void begin() {
    if (head != null) {
      Channels.write(channel, takeHead());
    }
  }

  private ByteBuf takeHead() {
    ByteBuf waiting = Objects.requireNonNull(head);
    head = null;
    begun = true;
    return waiting;
  }

  /**
   * A piece of the body.
   *
   * @param data taken over
   */
  void write(ByteBuf data) {
    int length = data.readableBytes();
    if (length == 0) {
      data.release(); // an empty chunk would be the last one
      return;
    }
    record.out(length);
    if (head != null && length <= COPIED) {
      ByteBuf joined = takeHead();
      append(joined, data, length);
      Channels.write(channel, joined);
      return;
    }
    begin();
    if (delimiting == Delimiting.CHUNKED) {
      Channels.writeChunk(channel, data);
    } else {
      Channels.write(channel, data);
    }
  }

  private void append(ByteBuf joined, ByteBuf data, int length) {
    boolean chunked = delimiting == Delimiting.CHUNKED;
    if (chunked) {
      Wire.chunkSize(joined, length);
    }
    joined.writeBytes(data);
    data.release();
    if (chunked) {
      Wire.endLine(joined);
    }
  }

  void end() {
    begin();
    if (delimiting == Delimiting.CHUNKED) {
      Channels.write(channel, Wire.lastChunk());
    }
    channel.flush();
  }

  void flush() {
    begin();
    channel.flush();
  }

  /** Idempotent. */
  void close() {
    if (head != null) {
      head.release();
      head = null;
    }
  }
}
