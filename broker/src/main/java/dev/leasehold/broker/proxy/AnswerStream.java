package dev.leasehold.broker.proxy;

import dev.leasehold.broker.destination.Destination;
import dev.leasehold.broker.http.Framing;
import dev.leasehold.broker.http.ResponseHead;
import dev.leasehold.broker.lease.LeaseUse;
import dev.leasehold.broker.proxy.Answers.Delimiting;
import dev.leasehold.broker.proxy.Answers.Persisting;
import dev.leasehold.broker.redact.Redaction;
import dev.leasehold.broker.upstream.UpstreamFailure;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.handler.codec.DecoderException;
import org.jspecify.annotations.Nullable;

/**
 * One call's answer on its way from the target to the agent: the head written anew, the body
 * decoded where it is coded, and all of it searched for the task's secrets. Each step gives back
 * why the call cannot go on, or null. On the call's event loop.
 */
final class AnswerStream {
  private final AgentConnection agent;
  private final AgentRequest request;
  private final Destination destination;
  private final boolean credentialed;
  private final boolean cuts;
  private final Redaction redaction;
  private final String via;
  private final CallRecord record;
  private final ByteBufAllocator allocator;
  private final AnswerWriter out;

  private @Nullable ContentDecoding decoding;

  /** All of the body has come, though perhaps not all of it has gone. */
  private boolean arrived;

  private boolean over;

  /** What was found that the call is to be cut for. */
  private @Nullable Refusal refusal;

  /**
   * @param own what the request carries; null for nothing
   * @param cuts whether an answer with a secret in it is cut, even where it would be masked
   */
  AnswerStream(
      AgentConnection agent,
      AgentRequest request,
      Lane lane,
      @Nullable LeaseUse own,
      boolean cuts,
      String via,
      CallRecord record) {
    this.agent = agent;
    this.request = request;
    this.destination = lane.destination();
    this.credentialed = own != null;
    this.cuts = cuts || destination.redact() == Destination.Redact.CUT;
    this.redaction = lane.redaction().begin(own);
    this.via = via;
    this.record = record;
    Channel channel = agent.channel();
    this.allocator = channel.alloc();
    this.out = new AnswerWriter(channel, record);
  }

  /** Whether the head has come. */
  boolean hasHead() {
    return out.hasHead();
  }

  /** Whether the agent has been sent the beginning. */
  boolean hasBegun() {
    return out.hasBegun();
  }

  /** What the agent was answered; 0 before. */
  int status() {
    return out.status();
  }

  /** A 1xx answer. */
  @Nullable Refusal interim(ResponseHead head) {
    boolean wanted = head.status() != 100 || request.expectsContinue();
    if (request.head().isVersion11() && wanted && !hasHead()) {
      ByteBuf bytes =
          Answers.head(
              allocator, head, Delimiting.AS_IT_CAME, Persisting.BY_DEFAULT, false, via, redaction);
      if (mayPass(bytes)) {
        out.interim(bytes);
      }
    }
    return refusal;
  }

  /** A 101: what follows is a WebSocket's. */
  @Nullable Refusal switched(ResponseHead head) {
    if (!WebSockets.isAccepted(request.head().fields(), credentialed, head)) {
      return Refusals.of(
          new UpstreamFailure(
              UpstreamFailure.Kind.RESET, "the target's 101 does not answer this opening"));
    }
    ByteBuf bytes = Answers.switched(allocator, head, redaction);
    if (mayPass(bytes)) {
      out.head(head.status(), bytes, Delimiting.AS_IT_CAME);
      out.flush();
    }
    return refusal;
  }

  @Nullable Refusal head(ResponseHead head, Framing framing) {
    boolean decodes =
        credentialed && framing != Framing.NONE && ContentDecoding.isCoded(head.fields());
    if (decodes) {
      decoding = ContentDecoding.of(head.fields(), agent.channel());
      if (decoding == null) {
        return coding("the target coded its answer although it was asked not to");
      }
    }
    Delimiting delimiting =
        Answers.delimiting(decodes ? Framing.UNTIL_CLOSE : framing, request.head().isVersion11());
    Persisting persisting = agent.persisting(delimiting != Delimiting.UNTIL_CLOSE);
    ByteBuf bytes = Answers.head(allocator, head, delimiting, persisting, decodes, via, redaction);
    if (mayPass(bytes)) {
      out.head(head.status(), bytes, delimiting);
    }
    return refusal;
  }

  private static Refusal coding(String detail) {
    return Refusals.of(new UpstreamFailure(UpstreamFailure.Kind.ENCODING, detail));
  }

  /**
   * @param data taken over
   */
  @Nullable Refusal data(ByteBuf data) {
    if (decoding == null) {
      pass(data);
    } else {
      decoding.add(data);
      goOn();
    }
    return refusal;
  }

  /** Whether the body is decoded on its way. */
  boolean isCoded() {
    return decoding != null;
  }

  /** Whether bytes of the target wait here for the agent to take what came of those before. */
  boolean isBehind() {
    return decoding != null && decoding.isBehind();
  }

  /** Whether what waits could go on, but for other calls whose turn it is. */
  boolean isDelayed() {
    return decoding != null && decoding.isDelayed();
  }

  /** Decodes what waits. */
  @Nullable Refusal goOn() {
    if (decoding != null && refusal == null) {
      try {
        decoding.run(this::pass);
      } catch (DecoderException broken) {
        refusal = refusal != null ? refusal : coding("the target's answer is not coded as it says");
      }
    }
    return refusal == null && arrived ? finish() : refusal;
  }

  private void pass(ByteBuf decoded) {
    if (refusal != null) {
      decoded.release();
      return;
    }
    ByteBuf masked = redaction.pass(decoded);
    if (mayPass(masked)) {
      out.write(masked);
    }
  }

  /** False, and the bytes are released, when they held a secret that the call is cut for. */
  private boolean mayPass(ByteBuf masked) {
    int found = redaction.takeFound();
    if (found > 0 && cuts) {
      masked.release();
      refusal = Refusals.secretCameBack(destination);
      return false;
    }
    if (found > 0) {
      record.redacted(found);
    }
    return true;
  }

  /** Nothing more has come for now: the agent gets all that may go. */
  void flush() {
    if (hasHead() && !over) {
      ByteBuf waiting = redaction.flush(allocator);
      if (waiting != null) {
        out.write(waiting);
      }
      out.flush();
    }
  }

  /** The target has sent all; it {@link #isOver is over} once the agent has been sent all. */
  @Nullable Refusal end() {
    arrived = true;
    return goOn();
  }

  private @Nullable Refusal finish() {
    if (over || isBehind()) {
      return null;
    }
    if (decoding != null && !decoding.isComplete()) {
      return coding("the target's coded answer has no end");
    }
    ByteBuf rest = redaction.end(allocator);
    if (rest != null && mayPass(rest)) {
      out.write(rest);
    }
    if (refusal == null) {
      over = true;
      out.end();
    }
    return refusal;
  }

  boolean isOver() {
    return over;
  }

  /** Nothing more comes; idempotent. */
  void close() {
    if (decoding != null) {
      decoding.close();
      decoding = null;
    }
    arrived = false;
    redaction.close();
    out.close();
  }
}
