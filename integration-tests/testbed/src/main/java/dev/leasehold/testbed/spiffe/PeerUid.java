package dev.leasehold.testbed.spiffe;

import io.grpc.Attributes;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerCredentials;
import io.grpc.ServerInterceptor;
import io.grpc.netty.shaded.io.grpc.netty.GrpcHttp2ConnectionHandler;
import io.grpc.netty.shaded.io.grpc.netty.InternalNettyServerCredentials;
import io.grpc.netty.shaded.io.grpc.netty.InternalProtocolNegotiationEvent;
import io.grpc.netty.shaded.io.grpc.netty.InternalProtocolNegotiator;
import io.grpc.netty.shaded.io.grpc.netty.InternalProtocolNegotiators;
import io.grpc.netty.shaded.io.grpc.netty.ProtocolNegotiationEvent;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandler;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandlerContext;
import io.grpc.netty.shaded.io.netty.channel.ChannelInboundHandlerAdapter;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollDomainSocketChannel;
import io.grpc.netty.shaded.io.netty.util.AsciiString;
import java.io.IOException;

/**
 * Who is at the other end of a Unix socket, for gRPC services. gRPC shows a service no channel, so
 * the uid is taken where a connection is negotiated and travels with its attributes.
 */
final class PeerUid implements ServerInterceptor {

  private static final Attributes.Key<Integer> ATTRIBUTE = Attributes.Key.create("peer-uid");
  private static final Context.Key<Integer> CONTEXT = Context.key("peer-uid");

  /** The uid of the process that makes the current call. */
  static int current() {
    return CONTEXT.get();
  }

  static ServerCredentials credentials() {
    return InternalNettyServerCredentials.create(new Negotiator());
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    Context context = Context.current().withValue(CONTEXT, call.getAttributes().get(ATTRIBUTE));
    return Contexts.interceptCall(context, call, headers, next);
  }

  private static final class Negotiator implements InternalProtocolNegotiator.ProtocolNegotiator {

    private final InternalProtocolNegotiator.ProtocolNegotiator plain =
        InternalProtocolNegotiators.serverPlaintext();

    @Override
    public AsciiString scheme() {
      return plain.scheme();
    }

    @Override
    public ChannelHandler newHandler(GrpcHttp2ConnectionHandler handler) {
      return new Reader(plain.newHandler(handler));
    }

    @Override
    public void close() {
      plain.close();
    }
  }

  /** Adds the uid to the negotiation's event and makes way for gRPC's own handler. */
  private static final class Reader extends ChannelInboundHandlerAdapter {

    private final ChannelHandler next;

    Reader(ChannelHandler next) {
      this.next = next;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) throws IOException {
      if (event instanceof ProtocolNegotiationEvent negotiation) {
        int uid = ((EpollDomainSocketChannel) context.channel()).peerCredentials().uid();
        Attributes attributes =
            InternalProtocolNegotiationEvent.getAttributes(negotiation).toBuilder()
                .set(ATTRIBUTE, uid)
                .build();
        context.pipeline().replace(context.name(), null, next);
        context.fireUserEventTriggered(
            InternalProtocolNegotiationEvent.withAttributes(negotiation, attributes));
      } else {
        context.fireUserEventTriggered(event);
      }
    }
  }
}
