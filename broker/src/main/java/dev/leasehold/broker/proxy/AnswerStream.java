package dev.leasehold.broker.proxy;

import dev.leasehold.broker.destination.Destination;
import dev.leasehold.broker.http.Framing;
import dev.leasehold.broker.http.ResponseHead;
import dev.leasehold.broker.http.Wire;
import dev.leasehold.broker.lease.LeaseUse;
import dev.leasehold.broker.proxy.Answers.Delimiting;
import dev.leasehold.broker.proxy.Answers.Persisting;
import dev.leasehold.broker.redact.Redaction;
import dev.leasehold.broker.upstream.Channels;
import dev.leasehold.broker.upstream.UpstreamFailure;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.handler.codec.DecoderException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One call's answer on its way from the target to the agent: the head written anew, the body
 * decoded where it is coded, searched for the task's secrets, and delimited. Each step gives back
 * why the call cannot go on, or null. On the call's event loop.
 */
final class AnswerStream {
  private final AgentConnection agent;
  private final Channel channel;
  private final AgentRequest request;
  private final Destination destination;
  private final String via;
  private final CallRecord record;

  private @Nullable Redaction redaction;
  private @Nullable ContentDecoding decoding;
  private @Nullable Refusal refusal;
  private boolean credentialed;
  private boolean begun;
  private int status;
  private Delimiting delimiting = Delimiting.AS_IT_CAME;

  /** A head that a secret right behind it may yet keep from being sent. */
  private @Nullable ByteBuf waitingHead;

  AnswerStream(
      AgentConnection agent,
      AgentRequest request,
      Destination destination,
      String via,
      CallRecord record) {
    this.agent = agent;
    this.channel = agent.channel();
    this.request = request;
    this.destination = destination;
    this.via = via;
    this.record = record;
  }

  /**
   * The request leaves: from here on an answer may come.
   *
   * @param own what the request carries
   */
  void expect(Lane lane, @Nullable LeaseUse own) {
    credentialed = own != null;
    redaction = lane.redaction().begin(own);
  }

  /** Whether the head has come. */
  boolean hasHead() {
    return begun || waitingHead != null;
  }

  /** Whether the agent has been sent the beginning of the answer. */
  boolean hasBegun() {
    return begun;
  }

  /** What the agent was answered; 0 before. */
  int status() {
    return begun ? status : 0;
  }

  /** A 1xx answer. */
  @Nullable Refusal interim(ResponseHead head) {
    boolean wanted = head.status() != 100 || request.expectsContinue();
    if (!request.head().isVersion11() || !wanted || hasHead()) {
      return null;
    }
    ByteBuf out =
        Answers.head(
            channel.alloc(),
            head,
            Delimiting.AS_IT_CAME,
            Persisting.BY_DEFAULT,
            false,
            via,
            redaction());
    if (!mayPass(out)) {
      return refusal;
    }
    Channels.write(channel, out);
    channel.flush();
    return null;
  }

  /** A 101: what follows is a WebSocket's. */
  @Nullable Refusal switched(ResponseHead head) {
    if (!WebSockets.isAccepted(request.head().fields(), credentialed, head)) {
      return Refusals.of(
          new UpstreamFailure(
              UpstreamFailure.Kind.RESET, "the target's 101 does not answer this opening"));
    }
    status = head.status();
    ByteBuf out = Answers.switched(channel.alloc(), head, redaction());
    if (!mayPass(out)) {
      return refusal;
    }
    begin(out);
    channel.flush();
    return null;
  }

  @Nullable Refusal head(ResponseHead head, Framing framing) {
    boolean decodes =
        credentialed && framing != Framing.NONE && ContentDecoding.isCoded(head.fields());
    if (decodes) {
      decoding = ContentDecoding.of(head.fields());
      if (decoding == null) {
        return coding("the target coded its answer although it was asked not to");
      }
    }
    status = head.status();
    delimiting =
        Answers.delimiting(decodes ? Framing.UNTIL_CLOSE : framing, request.head().isVersion11());
    Persisting persisting = agent.persisting(delimiting != Delimiting.UNTIL_CLOSE);
    ByteBuf out =
        Answers.head(channel.alloc(), head, delimiting, persisting, decodes, via, redaction());
    if (!mayPass(out)) {
      return refusal;
    }
    if (cuts()) {
      waitingHead = out;
    } else {
      begin(out);
    }
    return null;
  }

  private static Refusal coding(String detail) {
    return Refusals.of(new UpstreamFailure(UpstreamFailure.Kind.ENCODING, detail));
  }

  private void begin(ByteBuf head) {
    waitingHead = null;
    begun = true;
    Channels.write(channel, head);
  }

  /**
   * @param data taken over
   */
  @Nullable Refusal data(ByteBuf data) {
    if (decoding == null) {
      pass(data);
      return refusal;
    }
    try {
      decoding.decode(data, this::pass);
      return refusal;
    } catch (DecoderException broken) {
      return refusal != null ? refusal : coding("the target's answer is not coded as it says");
    }
  }

  private void pass(ByteBuf decoded) {
    if (refusal != null) {
      decoded.release();
      return;
    }
    ByteBuf out = redaction().pass(decoded);
    if (mayPass(out)) {
      write(out);
    }
  }

  /** False, and {@code out} is released, when it held a secret that the call is to be cut for. */
  private boolean mayPass(ByteBuf out) {
    int found = redaction().takeFound();
    if (found == 0) {
      return true;
    }
    if (cuts()) {
      out.release();
      refusal = Refusals.secretCameBack(destination);
      return false;
    }
    record.redacted(found);
    return true;
  }

  private boolean cuts() {
    return destination.redact() == Destination.Redact.CUT;
  }

  private void write(ByteBuf data) {
    int length = data.readableBytes();
    if (length == 0) {
      data.release(); // an empty chunk would be the last one
      return;
    }
    if (waitingHead != null) {
      begin(waitingHead);
    }
    record.out(length);
    if (delimiting == Delimiting.CHUNKED) {
      ByteBuf size = channel.alloc().directBuffer(16);
      Wire.chunkSize(size, length);
      Channels.write(channel, size);
      Channels.write(channel, data);
      Channels.write(channel, Wire.crlf());
    } else {
      Channels.write(channel, data);
    }
  }

  /** Nothing more has come for now: the agent gets all that may go. */
  void flush() {
    if (!hasHead()) {
      return;
    }
    if (waitingHead != null) {
      begin(waitingHead);
    }
    ByteBuf waiting = redaction().flush(channel.alloc());
    if (waiting != null) {
      write(waiting);
    }
    channel.flush();
  }

  @Nullable Refusal end() {
    if (decoding != null && !decoding.isComplete()) {
      return coding("the target's coded answer has no end");
    }
    ByteBuf rest = redaction().end(channel.alloc());
    if (rest != null) {
      if (!mayPass(rest)) {
        return refusal;
      }
      write(rest);
    }
    if (waitingHead != null) {
      begin(waitingHead);
    }
    if (delimiting == Delimiting.CHUNKED) {
      Channels.write(channel, Wire.lastChunk());
    }
    channel.flush();
    return null;
  }

  private Redaction redaction() {
    return Objects.requireNonNull(redaction, "the request has not left");
  }

  /** Nothing more comes; idempotent. */
  void close() {
    if (decoding != null) {
      decoding.close();
      decoding = null;
    }
    if (redaction != null) {
      redaction.close();
    }
    if (waitingHead != null) {
      waitingHead.release();
      waitingHead = null;
    }
  }
}
