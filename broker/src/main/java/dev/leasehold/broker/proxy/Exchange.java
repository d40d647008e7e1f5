package dev.leasehold.broker.proxy;

import dev.leasehold.broker.destination.Limits;
import dev.leasehold.broker.http.Framing;
import dev.leasehold.broker.http.ResponseHead;
import dev.leasehold.broker.http.Wire;
import dev.leasehold.broker.inject.OutboundRequest;
import dev.leasehold.broker.proxy.Answers.Delimiting;
import dev.leasehold.broker.proxy.Answers.Persisting;
import dev.leasehold.broker.upstream.Channels;
import dev.leasehold.broker.upstream.ResponseListener;
import dev.leasehold.broker.upstream.UpstreamConnection;
import dev.leasehold.broker.upstream.UpstreamFailure;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.handler.codec.DecoderException;
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
  private final Limits limits;
  private final String via;
  private final CallRecord record;
  private final boolean chunksBody;

  private @Nullable UpstreamConnection upstream;
  private @Nullable ContentDecoding decoding;
  private boolean credentialed;
  private boolean reused;
  private boolean heard;
  private boolean sent;
  private boolean requestOver;
  private boolean unflushed;
  private boolean answering;
  private boolean closed;
  private int status;
  private Delimiting delimiting = Delimiting.AS_IT_CAME;
  private long lastByte;

  Exchange(
      ProxyCall call,
      AgentConnection agent,
      AgentRequest request,
      Limits limits,
      String via,
      CallRecord record) {
    this.call = call;
    this.agent = agent;
    this.channel = agent.channel();
    this.request = request;
    this.limits = limits;
    this.via = via;
    this.record = record;
    this.chunksBody = request.framing() == Framing.CHUNKED;
  }

  /**
   * @param withCredential whether a leased secret goes into the request
   */
  void use(UpstreamConnection connection, boolean withCredential) {
    upstream = connection;
    credentialed = withCredential;
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
    return answering;
  }

  /** What the agent was answered; 0 before. */
  int status() {
    return status;
  }

  // The request

  /**
   * @param secret whether the head is to be wiped once it has left
   */
  void send(ByteBuf head, boolean secret) {
    UpstreamConnection target = java.util.Objects.requireNonNull(upstream);
    sent = true;
    requestOver = request.framing() == Framing.NONE;
    if (request.wantsWebSocket()) {
      target.expectUpgrade();
    }
    lastByte = System.nanoTime();
    if (!secret) {
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
    boolean wanted = head.status() != 100 || request.expectsContinue();
    if (request.head().isVersion11() && wanted && !answering) {
      Channels.write(
          channel,
          Answers.head(
              channel.alloc(), head, Delimiting.AS_IT_CAME, Persisting.BY_DEFAULT, false, via));
      channel.flush();
    }
  }

  @Override
  public void switched(ResponseHead head) {
    lastByte = System.nanoTime();
    if (!WebSockets.isAccepted(request.head().fields(), credentialed, head)) {
      call.refuse(
          Refusals.of(
              new UpstreamFailure(
                  UpstreamFailure.Kind.RESET, "the target's 101 does not answer this opening")));
      return;
    }
    status = head.status();
    answering = true;
    requestOver = false;
    Channels.write(channel, Answers.switched(channel.alloc(), head));
    channel.flush();
    agent.becomeStream();
  }

  @Override
  public void head(ResponseHead head, Framing framing) {
    lastByte = System.nanoTime();
    boolean decodes =
        credentialed && framing != Framing.NONE && ContentDecoding.isCoded(head.fields());
    if (decodes) {
      decoding = ContentDecoding.of(head.fields());
      if (decoding == null) {
        call.failed(coding("the target coded its answer although it was asked not to"));
        return;
      }
    }
    status = head.status();
    answering = true;
    delimiting =
        Answers.delimiting(decodes ? Framing.UNTIL_CLOSE : framing, request.head().isVersion11());
    Persisting persisting = agent.persisting(delimiting != Delimiting.UNTIL_CLOSE);
    Channels.write(
        channel, Answers.head(channel.alloc(), head, delimiting, persisting, decodes, via));
    if (!channel.isWritable()) {
      agentWritable(false); // still full of the answer before
    }
  }

  private static UpstreamFailure coding(String detail) {
    return new UpstreamFailure(UpstreamFailure.Kind.ENCODING, detail);
  }

  @Override
  public void data(ByteBuf data) {
    if (closed) {
      data.release();
      return;
    }
    lastByte = System.nanoTime();
    if (decoding == null) {
      pass(data);
      return;
    }
    try {
      decoding.decode(data, this::pass);
    } catch (DecoderException broken) {
      call.failed(coding("the target's answer is not coded as it says"));
    }
  }

  private void pass(ByteBuf data) {
    int length = data.readableBytes();
    if (length == 0) {
      data.release(); // an empty chunk would be the last one
      return;
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

  @Override
  public void readComplete() {
    if (answering && !closed) {
      channel.flush();
    }
  }

  @Override
  public void end() {
    if (closed) {
      return;
    }
    if (decoding != null && !decoding.isComplete()) {
      call.failed(coding("the target's coded answer has no end"));
      return;
    }
    if (delimiting == Delimiting.CHUNKED) {
      Channels.write(channel, Wire.lastChunk());
    }
    channel.flush();
    UpstreamConnection done = upstream;
    upstream = null;
    if (done != null) {
      done.release();
    }
    call.answered(status);
  }

  @Override
  public void failed(UpstreamFailure failure) {
    heard |= upstream != null && upstream.hasAnswered();
    upstream = null; // it has closed itself
    call.failed(failure);
  }

  /** The agent can, or can no longer, take more of the answer. */
  void agentWritable(boolean writable) {
    if (answering && upstream != null && !closed) {
      upstream.read(writable);
    }
  }

  /** Looks whether something takes too long. */
  void check(long now) {
    if (!sent || closed) {
      return;
    }
    long quiet = now - lastByte;
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
    if (decoding != null) {
      decoding.close();
      decoding = null;
    }
    UpstreamConnection left = upstream;
    upstream = null;
    if (left != null) {
      left.abort();
    }
  }
}
