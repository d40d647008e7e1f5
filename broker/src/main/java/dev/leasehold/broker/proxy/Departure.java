package dev.leasehold.broker.proxy;

import dev.leasehold.broker.audit.AuditReceipt;
import dev.leasehold.broker.audit.CallDecided;
import dev.leasehold.broker.destination.Destination;
import dev.leasehold.broker.inject.Injector;
import dev.leasehold.broker.inject.OutboundRequest;
import dev.leasehold.broker.lease.LeaseUse;
import dev.leasehold.broker.policy.Grant;
import dev.leasehold.broker.telemetry.Problem;
import dev.leasehold.broker.upstream.UpstreamConnection;
import dev.leasehold.broker.upstream.UpstreamFailure;
import dev.leasehold.broker.upstream.Upstreams;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import org.jspecify.annotations.Nullable;

/**
 * How an allowed call leaves: first a connection whose address and certificate were checked, then
 * the decision on its way to the disk, and only then the request, with the secret last of all. The
 * steps 5 to 7 of {@link ProxyCall}, on its event loop.
 */
final class Departure implements Upstreams.Waiting, AuditReceipt {
  private final ProxyCall call;
  private final Serving serving;
  private final AgentConnection connection;
  private final EventLoop loop;
  private final AgentRequest request;
  private final Grant grant;
  private final Lane lane;
  private final @Nullable LeaseUse use;
  private final @Nullable Injector injector;
  private final CallRecord record;

  private Exchange exchange;
  private boolean announcing;
  private boolean announced;
  private boolean retried;
  private boolean repeats;

  /**
   * @param use null for a call without a credential, as {@code injector}
   */
  Departure(
      ProxyCall call,
      Serving serving,
      AgentConnection connection,
      AgentRequest request,
      Grant grant,
      Lane lane,
      @Nullable LeaseUse use,
      @Nullable Injector injector,
      CallRecord record) {
    this.call = call;
    this.serving = serving;
    this.connection = connection;
    this.loop = connection.channel().eventLoop();
    this.request = request;
    this.grant = grant;
    this.lane = lane;
    this.use = use;
    this.injector = injector;
    this.record = record;
    this.exchange = newExchange();
  }

  private Exchange newExchange() {
    return new Exchange(call, connection, request, lane, serving.via(), record);
  }

  /** The stream that this call becomes. */
  Exchange exchange() {
    return exchange;
  }

  // 5

  void connect() {
    connect(false);
  }

  private void connect(boolean onlyNew) {
    record.connecting();
    serving
        .upstreams()
        .connect(
            loop,
            grant.task(),
            grant.destination(),
            use == null ? 0 : use.lease().version(),
            injector == null ? null : injector.certificate(),
            request.isRepeatable(),
            onlyNew,
            exchange,
            this);
  }

  @Override
  public void connected(UpstreamConnection upstream) {
    if (call.isOver()) {
      upstream.abort();
      return;
    }
    exchange.use(upstream, use);
    record.connected();
    if (announced) {
      send();
    } else if (!announcing) {
      announce();
    }
  }

  /** No connection, or none any more. */
  @Override
  public void failed(UpstreamFailure failure) {
    if (call.isOver()) {
      return;
    }
    boolean stale =
        failure.kind() == UpstreamFailure.Kind.RESET
            && exchange.wasReused()
            && !exchange.hasHeard()
            && !retried;
    if (stale && !exchange.isSent()) {
      again(); // it was dead before this call
    } else if (stale && request.isRepeatable()) {
      announced = false; // it may have been acted on: a second request is a second decision
      announcing = false;
      repeats = true;
      again();
    } else {
      call.refuse(Refusals.of(failure));
    }
  }

  private void again() {
    retried = true;
    exchange.close();
    exchange = newExchange();
    connect(true);
  }

  // 6

  private void announce() {
    announcing = true;
    CallDecided first =
        use == null ? CallDecided.allowed(grant) : CallDecided.allowed(grant, use.lease());
    CallDecided decided = record.decided(repeats ? first.repeated() : first);
    connection.audit().append(decided, this);
  }

  @Override
  public void written() {
    announced = true;
    record.announced();
    send();
  }

  @Override
  public void refused(String why) {
    record.notWritten();
    call.refuse(Refusal.of(Problem.AUDIT_UNAVAILABLE, why));
  }

  // 7

  private void send() {
    if (call.isOver() || !exchange.isConnected()) {
      return; // connected() comes back here
    }
    if (call.isCut()) {
      call.refuse(Refusals.ended());
      return;
    }
    Destination to = grant.destination();
    OutboundRequest outbound =
        new OutboundRequest(
            request.head(),
            request.head().method(),
            request.call().path().text(),
            request.query(),
            lane.authority(),
            request.framing(),
            lane.dropHeaders(connection.door() instanceof Door.FixedEndpoint),
            to.onlyHeaders(),
            request.wantsWebSocket(),
            serving.via());
    ByteBuf head = outbound.write(connection.channel().alloc(), injector);
    exchange.send(head);
  }
}
