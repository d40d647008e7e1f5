package dev.leasehold.broker.proxy;

import dev.leasehold.broker.approval.Shown;
import dev.leasehold.broker.http.Framing;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The body of a call that waits for a human: held back, and no more of it than a human is shown.
 * What is beyond stays with the agent. On the event loop of the call.
 */
final class HeldBody {
  /** What an approver is shown at most, and so what is held at most. */
  static final int MOST = 64 * 1024;

  private final AgentRequest request;
  private final Incoming incoming;
  private final Runnable complete;
  private final Deque<ByteBuf> pieces = new ArrayDeque<>();
  private int size;
  private boolean taking;
  private boolean whole;

  /**
   * @param complete called once, when there is nothing more to be held
   */
  HeldBody(AgentRequest request, Incoming incoming, Runnable complete) {
    this.request = request;
    this.incoming = incoming;
    this.complete = complete;
  }

  void begin() {
    whole = incoming.isBodyOver();
    // An agent that waits to be asked for its body would wait for the human, too.
    taking = !whole && !request.expectsContinue();
    if (!taking) {
      complete.run();
    }
  }

  /** Whether the next piece belongs here. */
  boolean takesMore() {
    return taking;
  }

  /**
   * @param piece taken over; null when the body has ended without another
   */
  void take(@Nullable ByteBuf piece) {
    if (piece != null) {
      size += piece.readableBytes();
      pieces.add(piece);
    }
    whole = incoming.isBodyOver();
    if (whole || size > MOST) {
      taking = false;
      complete.run();
    }
  }

  /**
   * What an approver is shown.
   *
   * @param mask takes the task's secrets out of a text
   */
  Shown.Body shown(UnaryOperator<String> mask) {
    if (request.framing() == Framing.NONE) {
      return new Shown.Body.None();
    }
    if (!whole || size > MOST) {
      return new Shown.Body.Unseen();
    }
    ByteBuf all =
        Unpooled.wrappedBuffer(pieces.stream().map(ByteBuf::duplicate).toArray(ByteBuf[]::new));
    return Shown.whole(ByteBufUtil.getBytes(all), mask);
  }

  /** Passes on what was held; gives back why the call cannot go on, or null. */
  @Nullable Refusal passTo(RequestStream target) {
    while (!pieces.isEmpty()) {
      Refusal excess = target.body(pieces.remove());
      if (excess != null) {
        return excess;
      }
    }
    if (whole && request.framing() != Framing.NONE) {
      target.end();
    } else {
      target.flush();
    }
    return null;
  }

  void close() {
    taking = false;
    pieces.forEach(ByteBuf::release);
    pieces.clear();
  }
}
