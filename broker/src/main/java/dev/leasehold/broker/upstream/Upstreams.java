package dev.leasehold.broker.upstream;

import dev.leasehold.broker.destination.Destination;
import dev.leasehold.broker.upstream.UpstreamFailure.Kind;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Connections to targets. A connection belongs to one task, one destination and one version of its
 * credential, lives on the event loop of its calls, and is closed when its task ends.
 */
public final class Upstreams implements AutoCloseable {
  /** What comes of the wish for a connection; called once, on the caller's event loop. */
  public interface Waiting {
    void connected(UpstreamConnection connection);

    void failed(UpstreamFailure failure);
  }

  private final Resolver resolver;
  private final AddressGuard guard;
  private final TlsContexts contexts;
  private final Supplier<Optional<ClientCertificate>> identity;
  private final Map<Object, TaskConnections> tasks = new ConcurrentHashMap<>();
  private final Map<EventLoop, IdleConnections> idle = new ConcurrentHashMap<>();

  /**
   * @param nameServer the DNS server asked; empty: the system's resolver
   * @param identity for destinations that are shown the sidecar's own SVID
   */
  public Upstreams(
      Optional<InetSocketAddress> nameServer,
      OwnAddresses own,
      LongSupplier nanos,
      Supplier<Optional<ClientCertificate>> identity) {
    this.identity = identity;
    this.resolver = nameServer.<Resolver>map(DnsResolver::new).orElseGet(SystemResolver::new);
    this.guard = new AddressGuard(own);
    this.contexts = new TlsContexts(nanos);
  }

  /**
   * Gives {@code task} a connection to {@code destination}: one that waits, or a new one.
   *
   * @param leaseVersion of the credential that the call carries; 0 without one
   * @param certificate what a new connection shows by that credential; null where the credential
   *     goes into the message, or there is none
   * @param repeatable whether the call may be sent again should a waiting connection be dead
   * @param onlyNew after just that has happened
   * @param listener gets what the target answers
   */
  public void connect(
      EventLoop loop,
      Object task,
      Destination destination,
      long leaseVersion,
      ClientCertificate.@Nullable Source certificate,
      boolean repeatable,
      boolean onlyNew,
      ResponseListener listener,
      Waiting waiting) {
    TaskConnections ofTask = tasks.computeIfAbsent(task, key -> new TaskConnections());
    if (ofTask.isClosed()) {
      waiting.failed(ended());
      return;
    }
    @Nullable ClientCertificate svid = null;
    if (destination.tls().client().isPresent()) {
      svid = identity.get().orElse(null);
      if (svid == null) {
        waiting.failed(new UpstreamFailure(Kind.IDENTITY, "there is no SVID to show"));
        return;
      }
    }
    Route route = new Route(task, destination, leaseVersion, svid);
    IdleConnections ofLoop = idle.computeIfAbsent(loop, IdleConnections::new);
    @Nullable UpstreamConnection ready = onlyNew ? null : ofLoop.take(route, repeatable);
    if (ready != null) {
      ready.begin(listener);
      waiting.connected(ready);
      return;
    }
    if (!ofTask.tryCount(destination)) {
      makeRoom(task, destination);
      waiting.failed(tooMany());
      return;
    }
    new Dial(
            resolver,
            guard,
            Optional.of(contexts),
            destination,
            shown(svid, certificate),
            loop,
            channel -> dialled(channel, ofTask, route, ofLoop, listener, waiting),
            failure -> {
              ofTask.uncount(destination);
              waiting.failed(failure);
            })
        .start();
  }

  /**
   * Gives {@code task} a connection to {@code destination} whose bytes nobody here looks into: for
   * one use, without TLS of our own. Exactly one of the two is called, on {@code loop}.
   */
  public void dialOpaque(
      EventLoop loop,
      Object task,
      Destination destination,
      Consumer<Channel> dialled,
      Consumer<UpstreamFailure> failed) {
    TaskConnections ofTask = tasks.computeIfAbsent(task, key -> new TaskConnections());
    if (ofTask.isClosed()) {
      failed.accept(ended());
      return;
    }
    if (!ofTask.tryCount(destination)) {
      failed.accept(tooMany());
      return;
    }
    new Dial(
            resolver,
            guard,
            Optional.empty(),
            destination,
            null,
            loop,
            channel -> {
              channel.closeFuture().addListener(closed -> ofTask.uncount(destination));
              if (ofTask.add(channel)) {
                dialled.accept(channel);
              } else {
                failed.accept(ended());
              }
            },
            failure -> {
              ofTask.uncount(destination);
              failed.accept(failure);
            })
        .start();
  }

  private static ClientCertificate.@Nullable Source shown(
      @Nullable ClientCertificate svid, ClientCertificate.@Nullable Source ofCredential) {
    return svid == null ? ofCredential : () -> svid;
  }

  private static UpstreamFailure ended() {
    return new UpstreamFailure(Kind.TASK_ENDED, "the task has ended");
  }

  private static UpstreamFailure tooMany() {
    return new UpstreamFailure(
        Kind.LIMIT, "the task has as many connections to this destination as it may");
  }

  private static void dialled(
      Channel channel,
      TaskConnections ofTask,
      Route route,
      IdleConnections ofLoop,
      ResponseListener listener,
      Waiting waiting) {
    channel.closeFuture().addListener(closed -> ofTask.uncount(route.destination()));
    if (!ofTask.add(channel)) {
      waiting.failed(ended());
      return;
    }
    UpstreamConnection connection = new UpstreamConnection(channel, route, ofLoop);
    channel.pipeline().addLast(connection);
    connection.begin(listener);
    waiting.connected(connection);
  }

  /** The caller is told to come again; by then a waiting connection elsewhere has gone. */
  private void makeRoom(Object task, Destination destination) {
    idle.forEach(
        (loop, connections) -> loop.execute(() -> connections.closeOne(task, destination)));
  }

  /** Closes every connection of {@code task}, and refuses it new ones; any thread. */
  public void close(Object task) {
    tasks.computeIfAbsent(task, key -> new TaskConnections()).close();
  }

  /** The task is gone: nobody will ask for it again. */
  public void forget(Object task) {
    close(task);
    tasks.remove(task);
  }

  @Override
  public void close() {
    tasks.values().forEach(TaskConnections::close);
    resolver.close();
  }
}
