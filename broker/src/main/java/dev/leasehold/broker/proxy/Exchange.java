package dev.leasehold.broker.proxy;

import dev.leasehold.broker.destination.Limits;
import dev.leasehold.broker.http.Framing;
import dev.leasehold.broker.http.ResponseHead;
import dev.leasehold.broker.lease.LeaseUse;
import dev.leasehold.broker.upstream.ResponseListener;
import dev.leasehold.broker.upstream.UpstreamConnection;
import dev.leasehold.broker.upstream.UpstreamFailure;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Request and answer of one call, streamed between the agent's connection and the target's: nothing
 * is kept that can be passed on, and each side is read only as fast as the other one takes it. On
 * the event loop that both connections share.
 */
final class Exchange implements ResponseListener {
  private final ProxyCall call;
  private final AgentConnection agent;
  private final Channel channel;
  private final AgentRequest request;
  private final Lane lane;
  private final Limits limits;
  private final String via;
  private final CallRecord record;

  private @Nullable UpstreamConnection upstream;
  private @Nullable LeaseUse own;
  private @Nullable RequestStream sent;
  private @Nullable AnswerStream answer;
  private boolean reused;
  private boolean heard;
  private boolean closed;
  private long lastByte;

  Exchange(
      ProxyCall call,
      AgentConnection agent,
      AgentRequest request,
      Lane lane,
      String via,
      CallRecord record) {
    this.call = call;
    this.agent = agent;
    this.channel = agent.channel();
    this.request = request;
    this.lane = lane;
    this.limits = lane.destination().limits();
    this.via = via;
    this.record = record;
  }

  /**
   * @param secret the lease whose secret goes into the request; null for none
   */
  void use(UpstreamConnection connection, @Nullable LeaseUse secret) {
    upstream = connection;
    own = secret;
    reused = connection.isReused();
  }

  boolean isConnected() {
    return upstream != null;
  }

  /** Whether the connection had served before, and may have died of old age. */
  boolean wasReused() {
    return reused;
  }

  /** Whether a byte of an answer has come: from then on nothing may be sent a second time. */
  boolean hasHeard() {
    return heard;
  }

  boolean isSent() {
    return sent != null;
  }

  /** Whether the agent has been sent the beginning of the answer. */
  boolean isAnswering() {
    return answer != null && answer.hasBegun();
  }

  /** What the agent was answered; 0 before. */
  int status() {
    return answer == null ? 0 : answer.status();
  }

  // The request

  void send(ByteBuf head) {
    UpstreamConnection target = Objects.requireNonNull(upstream);
    RequestStream leaving = new RequestStream(request, target, limits.body(), record);
    sent = leaving;
    answer = new AnswerStream(agent, request, lane, own, via, record);
    lastByte = System.nanoTime();
    leaving.send(head, own != null);
    if (!leaving.isOver()) {
      agent.resume();
    }
  }

  /** What can still be sent; null when nothing can. */
  private @Nullable RequestStream sending() {
    return upstream == null || closed ? null : sent;
  }

  boolean takesBody() {
    RequestStream to = sending();
    return to != null && to.isWritable();
  }

  void body(ByteBuf piece) {
    RequestStream to = sending();
    if (to == null) {
      piece.release();
      return;
    }
    lastByte = System.nanoTime();
    mayGoOn(to.body(piece));
  }

  void bodyOver() {
    RequestStream to = sending();
    if (to != null) {
      lastByte = System.nanoTime();
      to.end();
    }
  }

  void flushBody() {
    RequestStream to = sending();
    if (to != null) {
      to.flush();
    }
  }

  @Override
  public void writabilityChanged(boolean writable) {
    if (writable && sent != null && !sent.isOver()) {
      agent.resume();
    }
  }

  // The answer

  private AnswerStream answer() {
    return Objects.requireNonNull(answer, "the request has not left");
  }

  @Override
  public void interim(ResponseHead head) {
    mayGoOn(answer().interim(head));
  }

  @Override
  public void switched(ResponseHead head) {
    lastByte = System.nanoTime();
    if (mayGoOn(answer().switched(head)) && sent != null) {
      sent.goesOn();
      agent.becomeStream();
    }
  }

  @Override
  public void head(ResponseHead head, Framing framing) {
    lastByte = System.nanoTime();
    if (mayGoOn(answer().head(head, framing)) && !channel.isWritable()) {
      agentWritable(false); // still full of the answer before
    }
  }

  @Override
  public void data(ByteBuf data) {
    if (closed) {
      data.release();
      return;
    }
    lastByte = System.nanoTime();
    mayGoOn(answer().data(data));
  }

  @Override
  public void readComplete() {
    if (answer != null && !closed) {
      answer.flush();
    }
  }

  @Override
  public void end() {
    if (closed || !mayGoOn(answer().end())) {
      return;
    }
    UpstreamConnection done = upstream;
    upstream = null;
    if (done != null) {
      done.release();
    }
    call.answered(status());
  }

  private boolean mayGoOn(@Nullable Refusal refusal) {
    if (refusal != null) {
      call.refuse(refusal);
    }
    return refusal == null;
  }

  @Override
  public void failed(UpstreamFailure failure) {
    heard |= upstream != null && upstream.hasAnswered();
    upstream = null; // it has closed itself
    if (answer != null) {
      answer.close();
    }
    call.failed(failure);
  }

  /** The agent can, or can no longer, take more of the answer. */
  void agentWritable(boolean writable) {
    if (answer != null && answer.hasHead() && upstream != null && !closed) {
      upstream.read(writable);
    }
  }

  /** Looks whether something takes too long. */
  void check(long now) {
    if (sent == null || closed) {
      return;
    }
    long quiet = now - lastByte;
    if (sent.isOver() && !isAnswering() && quiet > limits.response().toNanos()) {
      call.refuse(Refusals.timeout("the target did not answer in time"));
    } else if ((isAnswering() || !sent.isOver()) && quiet > limits.idle().toNanos()) {
      call.refuse(Refusals.timeout("nothing was sent either way for too long"));
    }
  }

  /** The call is over; a connection that is still here was not done with. */
  void close() {
    closed = true;
    if (answer != null) {
      answer.close();
    }
    UpstreamConnection left = upstream;
    upstream = null;
    if (left != null) {
      left.abort();
    }
  }
}
