package dev.leasehold.broker.upstream;

import dev.leasehold.broker.destination.Destination;
import dev.leasehold.broker.destination.Target;
import dev.leasehold.broker.upstream.UpstreamFailure.Kind;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.EventLoop;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/**
 * Makes one connection to a destination: looks its name up once, checks every address, dials the
 * checked literals one after the other, and verifies the certificate for the target's name. All of
 * it within the destination's connect limit, on the caller's event loop.
 */
final class Dial {
  private static final int MOST_ADDRESSES = 4;
  private static final long SHORTEST_ATTEMPT_MILLIS = 200;

  private final Resolver resolver;
  private final AddressGuard guard;
  private final Optional<TlsContexts> contexts;
  private final Destination destination;
  private final ClientCertificate.@Nullable Source own;
  private final EventLoop loop;
  private final long deadline;
  private final Consumer<Channel> dialled;
  private final Consumer<UpstreamFailure> failed;
  private List<InetAddress> addresses = List.of();
  private int next;

  /**
   * Exactly one of {@code dialled} and {@code failed} is called, on {@code loop}.
   *
   * @param contexts empty for a connection without TLS, whatever the destination's scheme
   * @param own what the connection shows of itself; null for nothing
   */
  Dial(
      Resolver resolver,
      AddressGuard guard,
      Optional<TlsContexts> contexts,
      Destination destination,
      ClientCertificate.@Nullable Source own,
      EventLoop loop,
      Consumer<Channel> dialled,
      Consumer<UpstreamFailure> failed) {
    this.resolver = resolver;
    this.guard = guard;
    this.contexts = contexts;
    this.destination = destination;
    this.own = own;
    this.loop = loop;
    this.deadline = System.nanoTime() + destination.limits().connect().toNanos();
    this.dialled = dialled;
    this.failed = failed;
  }

  void start() {
    Optional<InetAddress> literal = literal(destination.target().host());
    if (literal.isPresent()) {
      resolved(List.of(literal.get()));
      return;
    }
    onLoop(
        resolver.resolve(destination.target().host(), Duration.ofMillis(millisLeft()), loop),
        (found, failure) -> {
          if (failure != null) {
            fail(
                isTimeout(failure) ? Kind.TIMEOUT : Kind.CONNECT,
                isTimeout(failure)
                    ? "the target's name was not resolved in time"
                    : "the target's name has no address");
          } else {
            resolved(found);
          }
        });
  }

  private static Optional<InetAddress> literal(String host) {
    boolean shaped =
        host.indexOf(':') >= 0 || Character.digit(host.charAt(host.length() - 1), 10) >= 0;
    if (!shaped) {
      return Optional.empty();
    }
    try {
      return Optional.of(InetAddress.ofLiteral(host));
    } catch (IllegalArgumentException aName) {
      return Optional.empty();
    }
  }

  private void resolved(List<InetAddress> found) {
    Optional<String> refusal = guard.refusal(destination, found);
    if (refusal.isPresent()) {
      fail(Kind.ADDRESS_REFUSED, refusal.get());
      return;
    }
    addresses = found.subList(0, Math.min(found.size(), MOST_ADDRESSES));
    if (destination.target().scheme() != Target.Scheme.HTTPS || contexts.isEmpty()) {
      connect(null);
      return;
    }
    onLoop(
        own == null
            ? contexts.get().context(destination.tls())
            : contexts.get().context(destination.tls(), own),
        (context, failure) -> {
          if (failure != null) {
            noContext(failure);
          } else {
            if (own != null) {
              TlsEngines.retire(context); // it is for this connection, which keeps it by itself
            }
            connect(context);
          }
        });
  }

  private void noContext(Throwable failure) {
    if (failure.getCause() instanceof UnusableCertificateException unusable) {
      fail(
          Kind.CREDENTIAL,
          "the certificate to show to the target cannot be used: " + unusable.getMessage());
    } else {
      fail(Kind.TLS, "the destination's trusted roots (tls: ca) cannot be read");
    }
  }

  private void connect(@Nullable SslContext context) {
    InetSocketAddress address =
        new InetSocketAddress(addresses.get(next++), destination.target().port());
    long left = millisLeft();
    long share = Math.max(left / (addresses.size() - next + 1), SHORTEST_ATTEMPT_MILLIS);
    new Bootstrap()
        .group(loop)
        .channelFactory(() -> Channels.newSocket(loop))
        .option(ChannelOption.TCP_NODELAY, true)
        .option(ChannelOption.SO_KEEPALIVE, true)
        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) Math.min(share, left))
        .handler(
            new ChannelInitializer<Channel>() {
              @Override
              protected void initChannel(Channel channel) {
                // Nothing is read before somebody listens.
                channel.config().setAutoRead(context != null);
              }
            })
        .connect(address)
        .addListener((ChannelFuture attempt) -> connected(attempt, context));
  }

  private void connected(ChannelFuture attempt, @Nullable SslContext context) {
    if (!attempt.isSuccess()) {
      if (next < addresses.size() && System.nanoTime() - deadline < 0) {
        connect(context);
      } else if (attempt.cause() instanceof ConnectTimeoutException) {
        fail(Kind.TIMEOUT, "the target did not accept a connection in time");
      } else {
        fail(Kind.CONNECT, "the target does not accept connections");
      }
    } else if (context == null) {
      dialled.accept(attempt.channel());
    } else {
      begin(attempt.channel(), context);
    }
  }

  private void begin(Channel channel, SslContext context) {
    try {
      shakeHands(channel, context);
    } catch (RuntimeException unusable) { // a context that was let go of meanwhile
      Channels.close(channel);
      fail(Kind.TLS, "the TLS handshake with the target failed");
    }
  }

  private void shakeHands(Channel channel, SslContext context) {
    String name = destination.tls().serverName().orElse(destination.target().host());
    SslHandler tls = context.newHandler(channel.alloc(), name, destination.target().port());
    tls.setHandshakeTimeoutMillis(millisLeft());
    tls.handshakeFuture()
        .addListener(
            done -> {
              Throwable refusal = done.isSuccess() ? outdated(tls) : done.cause();
              if (refusal == null) {
                channel.config().setAutoRead(false);
                dialled.accept(channel);
                return;
              }
              Channels.close(channel);
              if (refusal instanceof SslHandshakeTimeoutException) {
                fail(Kind.TIMEOUT, "the target did not finish the TLS handshake in time");
              } else {
                fail(Kind.TLS, TlsRefusal.describe(refusal));
              }
            });
    channel.pipeline().addLast(tls);
  }

  /** The JDK does not look at the dates of a certificate that is itself among the roots. */
  private static @Nullable Throwable outdated(SslHandler tls) {
    try {
      for (Certificate certificate : tls.engine().getSession().getPeerCertificates()) {
        ((X509Certificate) certificate).checkValidity();
      }
      return null;
    } catch (CertificateException | SSLPeerUnverifiedException refusal) {
      return refusal;
    }
  }

  private long millisLeft() {
    return Math.max(1, (deadline - System.nanoTime()) / 1_000_000);
  }

  private void fail(Kind kind, String detail) {
    failed.accept(new UpstreamFailure(kind, detail));
  }

  private static boolean isTimeout(Throwable failure) {
    return failure instanceof TimeoutException || failure.getCause() instanceof TimeoutException;
  }

  private <T> void onLoop(CompletionStage<T> stage, BiConsumer<T, @Nullable Throwable> then) {
    var unused =
        stage.whenComplete(
            (value, failure) -> {
              if (loop.inEventLoop()) {
                then.accept(value, failure);
              } else {
                loop.execute(() -> then.accept(value, failure));
              }
            });
  }
}
