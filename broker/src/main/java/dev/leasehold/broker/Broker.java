package dev.leasehold.broker;

import dev.leasehold.broker.admin.AdminConfig;
import dev.leasehold.broker.admin.AdminServer;
import dev.leasehold.broker.approval.ApprovalConfig;
import dev.leasehold.broker.approval.Approvals;
import dev.leasehold.broker.approval.Approvers;
import dev.leasehold.broker.approval.Webhook;
import dev.leasehold.broker.audit.AuditLog;
import dev.leasehold.broker.audit.BrokerEvent;
import dev.leasehold.broker.config.Configuration;
import dev.leasehold.broker.config.LoadResult;
import dev.leasehold.broker.control.ApprovalAccess;
import dev.leasehold.broker.control.ControlConfig;
import dev.leasehold.broker.control.ControlNeeds;
import dev.leasehold.broker.control.ControlServer;
import dev.leasehold.broker.control.DelegationAccess;
import dev.leasehold.broker.control.JwtSvids;
import dev.leasehold.broker.delegation.DelegationConfig;
import dev.leasehold.broker.delegation.IssuedGrants;
import dev.leasehold.broker.delegation.PeerServer;
import dev.leasehold.broker.delegation.TakenGrants;
import dev.leasehold.broker.engine.Engines;
import dev.leasehold.broker.identity.Identity;
import dev.leasehold.broker.identity.IdentityException;
import dev.leasehold.broker.identity.IdentitySnapshot;
import dev.leasehold.broker.lease.Generations;
import dev.leasehold.broker.lease.Journal;
import dev.leasehold.broker.lease.Leases;
import dev.leasehold.broker.lease.Recovery;
import dev.leasehold.broker.lease.RevokeAll;
import dev.leasehold.broker.lease.Surroundings;
import dev.leasehold.broker.lease.TaskEnds;
import dev.leasehold.broker.lease.Timers;
import dev.leasehold.broker.local.EventLoops;
import dev.leasehold.broker.local.OwnUid;
import dev.leasehold.broker.policy.Consents;
import dev.leasehold.broker.proxy.ProxyServer;
import dev.leasehold.broker.task.Signal;
import dev.leasehold.broker.task.Tasks;
import dev.leasehold.broker.telemetry.BootClock;
import dev.leasehold.broker.telemetry.Metrics;
import dev.leasehold.broker.telemetry.Readiness;
import dev.leasehold.broker.upstream.ClientCertificate;
import dev.leasehold.broker.vault.VaultSecretStore;
import dev.leasehold.broker.verify.Verifiers;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One running sidecar: its parts, made in the order in which they need one another and stopped in
 * the reverse.
 */
final class Broker implements Sidecar {
  private static final Logger log = LoggerFactory.getLogger(Broker.class);
  private static final int MOST_EVENT_LOOPS = 4;
  private static final int BLOCKING_THREADS = 2;

  /** How long the tasks of a sidecar that stops may take to end; the next life does the rest. */
  private static final Duration FAREWELL = Duration.ofSeconds(20);

  private final Stops stops;
  private final String addresses;
  private final Startup startup;
  private final Reload reload;
  private final TaskEnds ends;

  private Broker(Stops stops, String addresses, Startup startup, Reload reload, TaskEnds ends) {
    this.stops = stops;
    this.addresses = addresses;
    this.startup = startup;
    this.reload = reload;
    this.ends = ends;
  }

  /**
   * Starts serving. Everything listens when this returns; what depends on others is refused until
   * {@link #awaitServices}.
   */
  static Broker start(Configuration configuration, Version version) throws StartException {
    Stops stops = new Stops();
    try {
      return wire(configuration, version, stops);
    } catch (IOException | RuntimeException failure) {
      stops.close();
      throw new StartException(String.valueOf(failure.getMessage()), failure);
    }
  }

  private static Broker wire(Configuration configuration, Version version, Stops stops)
      throws IOException {
    BootClock clock = BootClock.system();
    Interception interception = stops.add("trust files", Interception.start(configuration));
    Readiness readiness = new Readiness();
    Metrics metrics = stops.add("metrics", new Metrics(version.number(), version.revision()));
    Vertx vertx = vertx();
    stops.add("event loops", () -> vertx.close().await(5, TimeUnit.SECONDS));
    AdminServer admin =
        stops.add(
            "admin",
            AdminServer.start(vertx, new AdminConfig(configuration.admin()), readiness, metrics));

    Journal journal = stops.add("journal", Journal.open(configuration.stateDir()));
    Fuse fuse = new Fuse();
    AuditLog audit = stops.add("audit log", AuditLog.open(configuration.audit(), metrics, fuse));
    Tasks tasks = new Tasks(InstantSource.system(), clock::nanos);
    Identity identity =
        stops.add("identity", new Identity(configuration.identity(), clock, metrics));
    Optional<ApprovalAccess> approvals = approvals(configuration, identity, audit, metrics);
    if (configuration.approvals().flatMap(ApprovalConfig::webhook).isPresent()) {
      stops.add(
          "webhook",
          Webhook.start(
              vertx,
              configuration.approvals().flatMap(ApprovalConfig::webhook).orElseThrow(),
              approvals.orElseThrow().approvals(),
              InstantSource.system(),
              metrics));
    }
    Consents consents = approvals.<Consents>map(ApprovalAccess::approvals).orElse(Consents.NONE);
    Engines engines = stops.add("policy engines", new Engines(vertx, metrics));
    Reload reload =
        new Reload(configuration, tasks, interception, consents, engines, metrics, audit);
    Timers timers = stops.add("timers", Timers.system(clock));
    interception.tend(timers);

    VaultSecretStore store =
        stops.add("vault", new VaultSecretStore(configuration.vault(), identity, clock, metrics));
    Surroundings around =
        new Surroundings(
            store,
            journal,
            audit.taskEvents(() -> reload.get().configuration().version()),
            metrics,
            timers,
            InstantSource.system());
    Leases leases =
        new Leases(
            around, () -> reload.get().calls().policy(), () -> reload.get().tasks().credentials());
    ProxyServer proxy =
        stops.add(
            "proxy",
            ProxyServer.start(
                vertx,
                configuration.proxy(),
                tasks,
                () -> reload.get().calls(),
                approvals.map(ApprovalAccess::approvals),
                leases,
                interception.authorities(),
                audit,
                metrics,
                clock,
                () -> identity.current().map(Broker::certificate)));
    DelegationConfig delegation = configuration.delegation().orElse(DelegationConfig.NONE);
    IssuedGrants issued =
        new IssuedGrants(
            delegation, identity::current, InstantSource.system(), timers, audit::append, metrics);
    TakenGrants taken = new TakenGrants(delegation, identity::current, InstantSource.system());
    TaskEnds ends = new TaskEnds(around, leases, tasks, proxy, issued, Verifiers::of);
    if (delegation.listen().isPresent()) {
      stops.add(
          "delegation",
          PeerServer.start(
              vertx, delegation, delegation.listen().get(), identity::current, taken, ends));
    }
    proxy.whenTokenIsShared(new SharedTokens(ends, audit, metrics));
    fuse.protect(ends);
    metrics.tasksActive(() -> ends.activeByKind(reload.get().tasks().kinds().keySet()));
    stops.add("tasks", () -> endAll(ends));
    RevokeAll revokeAll = new RevokeAll(around, tasks, ends);
    Startup startup =
        new Startup(identity, store, new Recovery(around), interception, configuration.signing());
    Optional<DefaultTaskLife> defaultTask =
        configuration
            .defaultTask()
            .map(
                task -> new DefaultTaskLife(task, () -> reload.get().tasks(), tasks, ends, timers));
    if (defaultTask.isPresent()) {
      DefaultTaskLife.requireAnotherUser(
          configuration.defaultTask().orElseThrow(),
          OwnUid.read(),
          configuration.control().unsafeSameUid());
      proxy.serveDefault(
          configuration.proxy().defaultProxy().orElseThrow(),
          configuration.defaultTask().orElseThrow().uid(),
          defaultTask.get()::current);
      readiness.add("default-task", defaultTask.get()::notOpen);
      startup.whenOver(defaultTask.get()::begin);
    }

    readiness.add("identity", identity::notReady);
    readiness.add("vault", store::notReady, store::warnings);
    readiness.add("recovery", startup::notRecovered);
    if (configuration.signing().isPresent()) {
      readiness.add("interception", interception::notReady, interception::warnings);
    }
    readiness.add("journal", journal::broken);
    readiness.add("audit", audit::notWritable);
    readiness.add("config", reload::refusal);
    readiness.add("lock", () -> revokeAll.locked().map(why -> "locked by revoke-all: " + why));
    ControlServer control =
        stops.add(
            "control",
            ControlServer.start(
                vertx,
                configuration.control(),
                new ControlNeeds(
                    tasks,
                    ends,
                    leases,
                    revokeAll,
                    proxy,
                    () -> reload.get().tasks(),
                    approvals,
                    token -> svid(identity, token),
                    configuration.delegation().map(config -> new DelegationAccess(issued, taken)),
                    readiness,
                    audit,
                    metrics,
                    proxy.address(),
                    configuration.runtimeDir(),
                    clock)));

    audit.append(new BrokerEvent.Started(version.number(), configuration.version()));
    identity.start();
    store.start(new GenerationTrail(new Generations(around, ends), audit));
    startup.begin();
    return new Broker(
        stops, addresses(proxy, admin, control, configuration.control()), startup, reload, ends);
  }

  private static JwtSvids.Answer svid(Identity identity, String token) {
    try {
      return identity
          .subjectOf(token)
          .<JwtSvids.Answer>map(JwtSvids.Answer.Subject::new)
          .orElseGet(JwtSvids.Answer.Invalid::new);
    } catch (IdentityException failure) {
      return new JwtSvids.Answer.Unavailable(String.valueOf(failure.getMessage()));
    }
  }

  private static Optional<String> svidSubject(Identity identity, String token) {
    return svid(identity, token) instanceof JwtSvids.Answer.Subject(String id)
        ? Optional.of(id)
        : Optional.empty();
  }

  private static Optional<ApprovalAccess> approvals(
      Configuration configuration, Identity identity, AuditLog audit, Metrics metrics)
      throws IOException {
    if (configuration.approvals().isEmpty()) {
      return Optional.empty();
    }
    ApprovalConfig config = configuration.approvals().get();
    InstantSource clock = InstantSource.system();
    return Optional.of(
        new ApprovalAccess(
            config,
            new Approvals(clock, audit::append, metrics, config.breakGlass()),
            new Approvers(config.groups(), clock, token -> svidSubject(identity, token))));
  }

  static ClientCertificate certificate(IdentitySnapshot svid) {
    return new ClientCertificate(svid.key(), svid.chain());
  }

  private static String addresses(
      ProxyServer proxy, AdminServer admin, ControlServer control, ControlConfig config) {
    List<String> controls = new ArrayList<>();
    config.socket().ifPresent(socket -> controls.add("unix://" + socket));
    control.address().ifPresent(address -> controls.add("http://" + text(address)));
    return "proxy=%s admin=%s control=%s"
        .formatted(text(proxy.address()), text(admin.address()), String.join(",", controls));
  }

  private static String text(SocketAddress address) {
    return switch (address) {
      case InetSocketAddress tcp -> tcp.getAddress().getHostAddress() + ":" + tcp.getPort();
      default -> "unix:" + address;
    };
  }

  private static Vertx vertx() {
    int loops = Math.clamp(Runtime.getRuntime().availableProcessors(), 1, MOST_EVENT_LOOPS);
    return EventLoops.start(
        new VertxOptions()
            .setPreferNativeTransport(true)
            .setEventLoopPoolSize(loops)
            .setWorkerPoolSize(BLOCKING_THREADS)
            .setInternalBlockingPoolSize(BLOCKING_THREADS));
  }

  private static void endAll(TaskEnds ends) throws InterruptedException, ExecutionException {
    try {
      ends.endAll(Signal.SHUTDOWN, "the sidecar stops")
          .toCompletableFuture()
          .get(FAREWELL.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException unproven) {
      log.warn("event=tasks_left cause=\"not all are proven dead; the next start goes on\"");
    }
  }

  /** Identity, Vault, and the end of an earlier life. */
  @Override
  public Optional<String> awaitServices(Duration patience) throws InterruptedException {
    return startup.await(patience)
        ? Optional.empty()
        : startup.waitingFor().or(() -> Optional.of("Vault"));
  }

  @Override
  public String addresses() {
    return addresses;
  }

  @Override
  public void take(LoadResult result) {
    reload.take(result, ends);
  }

  @Override
  public void close() {
    stops.close();
  }
}
