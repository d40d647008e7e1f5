package dev.leasehold.broker.proxy;

import dev.leasehold.broker.approval.Approvals;
import dev.leasehold.broker.audit.AuditLog;
import dev.leasehold.broker.ca.CertificateAuthorities;
import dev.leasehold.broker.destination.Destination;
import dev.leasehold.broker.lease.Leases;
import dev.leasehold.broker.local.SocketOwners;
import dev.leasehold.broker.task.Endpoints;
import dev.leasehold.broker.task.Task;
import dev.leasehold.broker.task.Tasks;
import dev.leasehold.broker.telemetry.BootClock;
import dev.leasehold.broker.telemetry.Metrics;
import dev.leasehold.broker.upstream.ClientCertificate;
import dev.leasehold.broker.upstream.OwnAddresses;
import dev.leasehold.broker.upstream.TlsEngines;
import dev.leasehold.broker.upstream.Upstreams;
import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * Where agents are served: the proxy, the fixed endpoints of destinations, and the local addresses
 * of single tasks. What happens to a call is {@link ProxyCall}.
 */
public final class ProxyServer implements Endpoints, AutoCloseable {
  private final EventLoopGroup acceptors;
  private final EventLoopGroup loops;
  private final Serving serving;
  private final OwnAddresses own;
  private final SocketOwners owners = SocketOwners.system();
  private final List<Listener> fixed = new ArrayList<>();
  private final Map<Task, List<Listener>> ofTasks = new ConcurrentHashMap<>();

  private ProxyServer(VertxInternal vertx, Serving serving, OwnAddresses own) {
    this.acceptors = vertx.acceptorEventLoopGroup();
    this.loops = vertx.nettyEventLoopGroup();
    this.serving = serving;
    this.own = own;
  }

  /**
   * Starts serving, on the event loops of {@code vertx}. Blocks; not on one of them.
   *
   * @param rules those in force; asked once for each call
   * @throws IOException when an address cannot be had; then nothing is left listening
   */
  public static ProxyServer start(
      Vertx vertx,
      ProxyConfig config,
      Tasks tasks,
      Supplier<RuleSet> rules,
      Optional<Approvals> approvals,
      Leases leases,
      CertificateAuthorities authorities,
      AuditLog audit,
      Metrics metrics,
      BootClock clock,
      Supplier<Optional<ClientCertificate>> svid)
      throws IOException {
    OwnAddresses own = new OwnAddresses(System::nanoTime);
    config.reserved().stream().filter(address -> address.getPort() != 0).forEach(own::addListener);
    byte[] name = new byte[4];
    new SecureRandom().nextBytes(name);
    Serving serving =
        new Serving(
            tasks,
            rules,
            leases,
            new Upstreams(config.nameServer(), own, System::nanoTime, svid),
            new AgentTls(authorities, TlsEngines.provider()),
            new AuditFeeds(audit),
            metrics,
            clock,
            new Lanes(metrics, leases, rules),
            approvals,
            new TokenUse(SocketOwners.system()),
            "leasehold-" + HexFormat.of().formatHex(name));
    ProxyServer server = new ProxyServer((VertxInternal) vertx, serving, own);
    try {
      server.listen(config, rules.get());
      return server;
    } catch (IOException failure) {
      server.close();
      throw failure;
    }
  }

  /**
   * Has {@code listener} told of tasks whose token comes from processes of two users, once for each
   * task; on a thread of its own.
   */
  public void whenTokenIsShared(SharedTokenListener listener) {
    serving.tokenUse().tell(listener);
  }

  private void listen(ProxyConfig config, RuleSet rules) throws IOException {
    Door.Proxy proxy = new Door.Proxy();
    fixed.add(
        open(config.proxy(), (channel, bound) -> AgentConnection.enter(serving, proxy, channel)));
    for (Destination destination : rules.policy().destinations()) {
      if (destination.endpoint().isPresent() && destination.isHttp()) {
        fixed.add(
            open(
                ListenAddress.parse(destination.endpoint().get()),
                (channel, bound) ->
                    AgentConnection.enter(
                        serving,
                        new Door.FixedEndpoint(destination.name(), ownHosts(bound)),
                        channel)));
      }
    }
  }

  private Listener open(ListenAddress address, Listener.Arrival arrival) throws IOException {
    Listener listener = Listener.open(acceptors, loops, address, arrival);
    if (listener.address() instanceof InetSocketAddress tcp) {
      own.addListener(tcp);
    }
    return listener;
  }

  private void close(Listener listener) {
    listener.close();
    if (listener.address() instanceof InetSocketAddress tcp) {
      own.removeListener(tcp);
    }
  }

  private static Set<String> ownHosts(SocketAddress bound) {
    return bound instanceof InetSocketAddress tcp ? Door.hostsOf(tcp) : Set.of();
  }

  /** Where the proxy listens, with its real port. */
  public SocketAddress address() {
    return fixed.getFirst().address();
  }

  @Override
  public Map<String, String> open(Task task, Iterable<String> names) throws IOException {
    int uid =
        task.uid()
            .orElseThrow(
                () ->
                    new IOException(
                        "addresses of its own are for tasks opened over the socket, which tells"
                            + " whose they are"));
    if (!owners.isAvailable()) {
      throw new IOException("this system cannot tell whose a local connection is");
    }
    List<Listener> opened = new ArrayList<>();
    boolean done = false;
    try {
      Map<String, String> urls = new LinkedHashMap<>();
      for (String name : names) {
        if (!urls.containsKey(name)) {
          Listener listener = openFor(task, uid, name);
          opened.add(listener);
          InetSocketAddress bound = (InetSocketAddress) listener.address();
          urls.put(name, "http://127.0.0.1:" + bound.getPort());
        }
      }
      ofTasks.merge(task, List.copyOf(opened), ProxyServer::both);
      done = task.isActive(); // else its end may have been here before
      if (!done) {
        throw new IOException("the task has ended");
      }
      return urls;
    } finally {
      if (!done) {
        ofTasks.remove(task);
        opened.forEach(this::close);
      }
    }
  }

  private static List<Listener> both(List<Listener> one, List<Listener> other) {
    List<Listener> all = new ArrayList<>(one);
    all.addAll(other);
    return List.copyOf(all);
  }

  private Listener openFor(Task task, int uid, String name) throws IOException {
    if (!name.equals(PROXY)) {
      Destination destination =
          serving
              .rules()
              .get()
              .policy()
              .destination(name)
              .filter(known -> task.destinations().contains(name))
              .orElseThrow(() -> new IOException("no such destination of the task"));
      if (!destination.isHttp()) {
        throw new IOException("the destination is a database; this version serves HTTP only");
      }
    }
    ListenAddress free =
        new ListenAddress.Tcp(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0));
    return open(
        free,
        (channel, bound) ->
            serve(
                channel,
                uid,
                name.equals(PROXY)
                    ? new Door.TaskProxy(task)
                    : new Door.TaskEndpoint(task, name, ownHosts(bound))));
  }

  /**
   * Serves one more address, where a call that names no task belongs to {@code task} if its peer is
   * of {@code uid}.
   *
   * @param task empty while there is none
   */
  public void serveDefault(ListenAddress address, int uid, Supplier<Optional<Task>> task)
      throws IOException {
    Door.DefaultProxy door = new Door.DefaultProxy(task);
    fixed.add(open(address, (channel, bound) -> serve(channel, uid, door)));
  }

  /** Nothing is read before it is known whose the connection is. */
  private void serve(Channel channel, int uid, Door door) {
    AgentConnection connection = AgentConnection.enter(serving, door, channel);
    channel.config().setAutoRead(false);
    Thread.ofVirtual()
        .name("leasehold-peer")
        .start(
            () -> {
              boolean same = owners.isOf(uid, channel);
              channel
                  .eventLoop()
                  .execute(
                      () -> {
                        if (!same) {
                          connection.naming().peerIsForeign();
                        }
                        channel.config().setAutoRead(true);
                      });
            });
  }

  @Override
  public void close(Task task) {
    List<Listener> listeners = ofTasks.remove(task);
    if (listeners != null) {
      listeners.forEach(this::close);
    }
    serving.forget(task);
  }

  /** Stops serving and closes every connection; blocks for a moment. */
  @Override
  public void close() {
    fixed.forEach(this::close);
    ofTasks.values().forEach(listeners -> listeners.forEach(this::close));
    ofTasks.clear();
    serving.upstreams().close();
  }
}
