package dev.leasehold.broker.proxy;

import dev.leasehold.broker.destination.Limits;
import dev.leasehold.broker.http.Framing;
import dev.leasehold.broker.http.ResponseHead;
import dev.leasehold.broker.http.Wire;
import dev.leasehold.broker.inject.OutboundRequest;
import dev.leasehold.broker.lease.LeaseUse;
import dev.leasehold.broker.upstream.ResponseListener;
import dev.leasehold.broker.upstream.UpstreamConnection;
import dev.leasehold.broker.upstream.UpstreamFailure;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
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
  private final CallRecord record;
  private final AnswerStream answer;
  private final boolean chunksBody;

  private @Nullable UpstreamConnection upstream;
  private @Nullable LeaseUse use;
  private boolean reused;
  private boolean heard;
  private boolean sent;
  private boolean requestOver;
  private boolean unflushed;
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
    this.record = record;
    this.answer = new AnswerStream(agent, request, lane.destination(), via, record);
    this.chunksBody = request.framing() == Framing.CHUNKED;
  }

  /**
   * @param own the lease whose secret goes into the request; null for none
   */
  void use(UpstreamConnection connection, @Nullable LeaseUse own) {
    upstream = connection;
    use = own;
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
    return sent;
  }

  /** Whether the agent has been sent the beginning of the answer. */
  boolean isAnswering() {
    return answer.hasBegun();
  }

  /** What the agent was answered; 0 before. */
  int status() {
    return answer.status();
  }

  // The request

  /** Sends {@code head}, which is wiped once it has left where there is a secret in it. */
  void send(ByteBuf head) {
    UpstreamConnection target = java.util.Objects.requireNonNull(upstream);
    sent = true;
    requestOver = request.framing() == Framing.NONE;
    if (request.wantsWebSocket()) {
      target.expectUpgrade();
    }
    lastByte = System.nanoTime();
    answer.expect(lane, use);
    if (use == null) {
      var unused = target.send(head, request.isHead(), requestOver);
    } else {
      head.retain();
      ChannelFuture written = target.send(head, request.isHead(), requestOver);
      written.addListener(
          done -> {
            OutboundRequest.wipe(head);
            head.release();
          });
    }
    if (!requestOver) {
      agent.resume();
    }
  }

  boolean takesBody() {
    return sent && !closed && upstream != null && upstream.isWritable();
  }

  void body(ByteBuf piece) {
    UpstreamConnection target = upstream;
    if (target == null || closed) {
      piece.release();
      return;
    }
    int length = piece.readableBytes();
    record.in(length);
    lastByte = System.nanoTime();
    if (record.bytesIn() > limits.body().orElse(Long.MAX_VALUE)) {
      piece.release();
      call.refuse(Refusals.limit(413, "the body is too large", "body"));
      return;
    }
    unflushed = true;
    if (chunksBody) {
      ByteBuf size = channel.alloc().directBuffer(16);
      Wire.chunkSize(size, length);
      target.sendBody(size);
      target.sendBody(piece);
      target.sendBody(Wire.crlf());
    } else {
      target.sendBody(piece);
    }
  }

  void bodyOver() {
    UpstreamConnection target = upstream;
    if (target == null || closed) {
      return;
    }
    requestOver = true;
    lastByte = System.nanoTime();
    if (chunksBody) {
      target.sendBody(Wire.lastChunk());
      unflushed = true;
    }
    target.endBody();
    flushBody();
  }

  void flushBody() {
    if (unflushed && upstream != null && !closed) {
      unflushed = false;
      upstream.flush();
    }
  }

  @Override
  public void writabilityChanged(boolean writable) {
    if (writable && sent && !requestOver) {
      agent.resume();
    }
  }

  // The answer

  @Override
  public void interim(ResponseHead head) {
    mayGoOn(answer.interim(head));
  }

  @Override
  public void switched(ResponseHead head) {
    lastByte = System.nanoTime();
    if (mayGoOn(answer.switched(head))) {
      requestOver = false;
      agent.becomeStream();
    }
  }

  @Override
  public void head(ResponseHead head, Framing framing) {
    lastByte = System.nanoTime();
    if (mayGoOn(answer.head(head, framing)) && !channel.isWritable()) {
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
    mayGoOn(answer.data(data));
  }

  @Override
  public void readComplete() {
    if (!closed) {
      answer.flush();
    }
  }

  @Override
  public void end() {
    if (closed || !mayGoOn(answer.end())) {
      return;
    }
    UpstreamConnection done = upstream;
    upstream = null;
    if (done != null) {
      done.release();
    }
    call.answered(answer.status());
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
    answer.close();
    call.failed(failure);
  }

  /** The agent can, or can no longer, take more of the answer. */
  void agentWritable(boolean writable) {
    if (answer.hasHead() && upstream != null && !closed) {
      upstream.read(writable);
    }
  }

  /** Looks whether something takes too long. */
  void check(long now) {
    if (!sent || closed) {
      return;
    }
    long quiet = now - lastByte;
    boolean answering = answer.hasBegun();
    if (requestOver && !answering && quiet > limits.response().toNanos()) {
      call.refuse(Refusals.of(timeout("the target did not answer in time")));
    } else if ((answering || !requestOver) && quiet > limits.idle().toNanos()) {
      call.refuse(Refusals.of(timeout("nothing was sent either way for too long")));
    }
  }

  private static UpstreamFailure timeout(String detail) {
    return new UpstreamFailure(UpstreamFailure.Kind.TIMEOUT, detail);
  }

  /** The call is over; a connection that is still here was not done with. */
  void close() {
    closed = true;
    answer.close();
    UpstreamConnection left = upstream;
    upstream = null;
    if (left != null) {
      left.abort();
    }
  }
}
