package dev.leasehold.broker.proxy;

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
  private final Quiet quiet;
  private final String via;
  private final CallRecord record;

  private @Nullable UpstreamConnection upstream;
  private @Nullable LeaseUse own;
  private @Nullable RequestStream sent;
  private @Nullable AnswerStream answer;
  private boolean reused;
  private boolean heard;
  private boolean closed;

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
    this.quiet = new Quiet(lane.destination().limits());
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
    RequestStream leaving =
        new RequestStream(request, target, lane.destination().limits().body(), quiet, record);
    sent = leaving;
    answer = new AnswerStream(agent, request, lane, own, call.cutsSecrets(), via, record);
    quiet.broken();
    leaving.send(head, own != null);
    HeldBody held = call.held();
    if (held != null && !leaving.isOver() && !mayGoOn(held.passTo(leaving))) {
      return;
    }
    if (!leaving.isOver()) {
      agent.resume();
    }
  }

  /** The request, while more of it can be sent; else null. */
  @Nullable RequestStream sending() {
    return upstream == null || closed ? null : sent;
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
    quiet.broken();
    if (mayGoOn(answer().switched(head)) && sent != null) {
      sent.goesOn();
      agent.becomeStream();
    }
  }

  @Override
  public void head(ResponseHead head, Framing framing) {
    quiet.broken();
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
    quiet.broken();
    if (mayGoOn(answer().data(data)) && answer().isCoded()) {
      settle();
    }
  }

  /** After something was decoded, or all has come: done, or the target waits, or it goes on. */
  private void settle() {
    if (closed) {
      return;
    }
    if (answer().isOver()) {
      call.answered(status());
      return;
    }
    if (upstream != null) {
      upstream.read(channel.isWritable() && !answer().isBehind());
    }
    if (answer().isDelayed()) {
      channel.eventLoop().execute(() -> agentWritable(channel.isWritable()));
    }
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
    settle();
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
    if (closed || answer == null || !answer.hasHead() || answer.isOver()) {
      return;
    }
    if (writable && answer.isBehind() && mayGoOn(answer.goOn())) {
      readComplete();
    }
    settle();
  }

  /** Looks whether something takes too long. */
  void check(long now) {
    if (sent == null || closed) {
      return;
    }
    mayGoOn(quiet.excess(now, sent.isOver(), isAnswering()));
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
