package dev.leasehold.broker.proxy;

import dev.leasehold.broker.approval.Approvals;
import dev.leasehold.broker.audit.AuditConfig;
import dev.leasehold.broker.audit.AuditLog;
import dev.leasehold.broker.audit.FsyncPolicy;
import dev.leasehold.broker.ca.CertificateAuthorities;
import dev.leasehold.broker.destination.AddressRange;
import dev.leasehold.broker.destination.Destination;
import dev.leasehold.broker.destination.Limits;
import dev.leasehold.broker.destination.PathPattern;
import dev.leasehold.broker.destination.Rule;
import dev.leasehold.broker.destination.Target;
import dev.leasehold.broker.destination.UpstreamTls;
import dev.leasehold.broker.engine.EngineConfig;
import dev.leasehold.broker.engine.Engines;
import dev.leasehold.broker.inject.Injection;
import dev.leasehold.broker.inject.Template;
import dev.leasehold.broker.lease.Credential;
import dev.leasehold.broker.lease.Elsewhere;
import dev.leasehold.broker.lease.Journal;
import dev.leasehold.broker.lease.Leases;
import dev.leasehold.broker.lease.Surroundings;
import dev.leasehold.broker.lease.TaskEnds;
import dev.leasehold.broker.lease.Timers;
import dev.leasehold.broker.local.EventLoops;
import dev.leasehold.broker.local.OwnUid;
import dev.leasehold.broker.policy.CredentialUse;
import dev.leasehold.broker.policy.Engine;
import dev.leasehold.broker.policy.Policy;
import dev.leasehold.broker.policy.PolicyRule;
import dev.leasehold.broker.policy.Rulebook;
import dev.leasehold.broker.policy.Signals;
import dev.leasehold.broker.secret.Revocability;
import dev.leasehold.broker.secret.SecretPath;
import dev.leasehold.broker.task.AgentProof;
import dev.leasehold.broker.task.Task;
import dev.leasehold.broker.task.TaskKind;
import dev.leasehold.broker.task.TaskRequest;
import dev.leasehold.broker.task.TaskToken;
import dev.leasehold.broker.task.Tasks;
import dev.leasehold.broker.telemetry.BootClock;
import dev.leasehold.broker.telemetry.Metrics;
import dev.leasehold.broker.testing.FakeSecretStore;
import dev.leasehold.broker.upstream.ClientCertificate;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/** A proxy with everything below it real, but for the secret store. */
final class ProxyTester implements AutoCloseable {
  private static final String AGENT = "spiffe://example.org/agent/tester";
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /** A task and the words that name it. */
  record OpenTask(Task task, TaskToken token) {
    String authorization() {
      String pair = task.id() + ":" + token.reveal();
      return "Basic "
          + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.US_ASCII));
    }

    /** The line of a head that names the task. */
    String line() {
      return "Proxy-Authorization: " + authorization();
    }
  }

  /** What is put together before the proxy starts. */
  static final class Setup {
    private final Map<String, Destination> destinations = new LinkedHashMap<>();
    private final Map<String, Injection> injections = new HashMap<>();
    private final Map<String, Credential> credentials = new HashMap<>();
    private final FakeSecretStore store = new FakeSecretStore(System::nanoTime);
    private Optional<Path> auditFile = Optional.empty();
    private Optional<ClientCertificate> svid = Optional.empty();
    private Duration drain = Duration.ZERO;

    /** {@code http://127.0.0.1:port} without a credential; every call under {@code /} allowed. */
    Setup destination(String name, int port) {
      return destination(name, port, all -> all);
    }

    Setup destination(String name, int port, UnaryOperator<DestinationSketch> sketch) {
      destinations.put(
          name, sketch.apply(new DestinationSketch(name, Target.Scheme.HTTP, port)).draw());
      return this;
    }

    /** A credential that the store answers with {@code fields}. */
    Setup credential(String name, Injection injection, Map<String, String> fields) {
      injections.put(name, injection);
      credentials.put(
          name,
          new Credential(
              name,
              SecretPath.read("test/creds/" + name),
              Duration.ofMinutes(5),
              Revocability.HARD,
              "testers",
              "internal",
              injection.fields(),
              injection instanceof Injection.Mtls,
              Optional.empty(),
              Optional.empty()));
      store.answering("test/creds/" + name, fields);
      return this;
    }

    /** What the sidecar shows of itself where a destination says so. */
    Setup svid(ClientCertificate certificate) {
      svid = Optional.of(certificate);
      return this;
    }

    Setup drain(Duration time) {
      drain = time;
      return this;
    }

    Setup audit(Path file) {
      auditFile = Optional.of(file);
      return this;
    }

    ProxyTester start() throws IOException {
      return new ProxyTester(this);
    }
  }

  /** A destination in the making. */
  static final class DestinationSketch {
    private final String name;
    private Target target;
    private String basePath = "/";
    private Optional<String> credential = Optional.empty();
    private List<Rule> allow;
    private List<Rule> deny = List.of();
    private UpstreamTls tls = UpstreamTls.SYSTEM;
    private Limits limits = Limits.DEFAULT;
    private Optional<String> endpoint = Optional.empty();
    private boolean encodedSlash;
    private List<AddressRange> addresses = List.of(AddressRange.parse("127.0.0.0/8"));
    private Set<String> dropHeaders = Set.of();
    private boolean websocket;
    private Destination.Redact redact = Destination.Redact.REPLACE;
    private boolean tunnel;

    DestinationSketch(String name, Target.Scheme scheme, int port) {
      this.name = name;
      this.target = new Target(scheme, "127.0.0.1", port);
      this.allow = List.of(new Rule("destinations." + name + ".allow[0]", Set.of(), List.of()));
    }

    DestinationSketch target(Target.Scheme scheme, String host, int port) {
      target = new Target(scheme, host, port);
      return this;
    }

    DestinationSketch base(String path) {
      basePath = path;
      return this;
    }

    DestinationSketch credential(String of) {
      credential = Optional.of(of);
      return this;
    }

    DestinationSketch allow(Set<String> methods, String... paths) {
      allow = List.of(rule("allow", methods, paths));
      return this;
    }

    DestinationSketch deny(Set<String> methods, String... paths) {
      deny = List.of(rule("deny", methods, paths));
      return this;
    }

    private Rule rule(String list, Set<String> methods, String... paths) {
      return new Rule(
          "destinations." + name + "." + list + "[0]",
          methods,
          java.util.Arrays.stream(paths).map(PathPattern::parse).toList());
    }

    DestinationSketch ca(Path file) {
      tls = new UpstreamTls(Optional.of(file), tls.serverName(), tls.client());
      return this;
    }

    DestinationSketch showsSvid() {
      tls = new UpstreamTls(tls.ca(), tls.serverName(), Optional.of(UpstreamTls.Client.SVID));
      return this;
    }

    DestinationSketch limits(Limits of) {
      limits = of;
      return this;
    }

    DestinationSketch endpoint(String address) {
      endpoint = Optional.of(address);
      return this;
    }

    DestinationSketch encodedSlash() {
      encodedSlash = true;
      return this;
    }

    DestinationSketch redact(Destination.Redact how) {
      redact = how;
      return this;
    }

    DestinationSketch websocket() {
      websocket = true;
      return this;
    }

    DestinationSketch tunnel() {
      tunnel = true;
      return this;
    }

    DestinationSketch publicAddressesOnly() {
      addresses = List.of();
      return this;
    }

    DestinationSketch dropHeaders(String... names) {
      dropHeaders = Set.of(names);
      return this;
    }

    Destination draw() {
      return new Destination(
          name,
          target,
          basePath,
          Optional.of("test"),
          addresses,
          allow,
          deny,
          credential,
          encodedSlash,
          tls,
          websocket,
          tunnel,
          redact,
          List.of(),
          dropHeaders,
          Set.of(),
          limits,
          endpoint,
          false);
    }
  }

  private final Path folder = Files.createTempDirectory("leasehold-proxy");
  private final BootClock clock = System::nanoTime;
  private final Vertx vertx =
      EventLoops.start(
          new VertxOptions()
              .setEventLoopPoolSize(2)
              .setPreferNativeTransport(true)
              .setDisableTCCL(true));
  private final Metrics metrics = new Metrics("test", "test");
  private final Tasks tasks = new Tasks(InstantSource.system(), clock::nanos);
  private final Path auditFile;
  private final AuditLog audit;
  private final Journal journal;
  private final FakeSecretStore store;
  private final Setup setup;
  private final ProxyServer proxy;
  private final TaskEnds ends;
  private Rulebook rulebook = Rulebook.NONE;
  private List<Engine> engines = List.of();
  private volatile RuleSet rules;
  private final Approvals approvals;

  private ProxyTester(Setup setup) throws IOException {
    this.setup = setup;
    this.store = setup.store;
    this.auditFile = setup.auditFile.orElse(folder.resolve("audit.jsonl"));
    this.audit =
        AuditLog.open(AuditConfig.toFile(auditFile, FsyncPolicy.DEFAULT), metrics, why -> {});
    this.approvals = new Approvals(InstantSource.system(), audit::append, metrics);
    this.journal = Journal.open(folder.resolve("state"));
    this.rules = rules(setup.destinations);
    Surroundings around =
        new Surroundings(
            store,
            journal,
            audit.taskEvents(() -> "v1"),
            metrics,
            Timers.system(clock),
            InstantSource.system());
    Leases leases = new Leases(around, () -> rules.policy(), () -> setup.credentials);
    this.proxy =
        ProxyServer.start(
            vertx,
            new ProxyConfig(
                ListenAddress.parse("127.0.0.1:0"),
                Optional.empty(),
                Optional.empty(),
                folder,
                false,
                Set.of()),
            tasks,
            () -> rules,
            Optional.of(approvals),
            leases,
            authorities(),
            audit,
            metrics,
            clock,
            () -> setup.svid);
    this.ends =
        new TaskEnds(
            around,
            leases,
            tasks,
            proxy,
            Elsewhere.NONE,
            config -> {
              throw new IllegalStateException("no credential here has a verifier");
            });
  }

  private CertificateAuthorities authorities() throws IOException {
    CertificateAuthorities authorities =
        new CertificateAuthorities(InstantSource.system(), Duration.ofHours(1), roots -> {});
    authorities.cover(
        setup.destinations.values().stream()
            .map(destination -> destination.target().host())
            .collect(Collectors.toSet()));
    return authorities;
  }

  private RuleSet rules(Map<String, Destination> destinations) {
    Map<String, CredentialUse> uses = new HashMap<>();
    setup.credentials.forEach(
        (name, credential) -> uses.put(name, new CredentialUse(name, Optional.empty())));
    return new RuleSet(
        new Policy("v1", destinations, uses, InstantSource.system(), rulebook, engines),
        setup.injections);
  }

  /** From here on calls are asked about by these rules. */
  void obey(PolicyRule... those) {
    rulebook = new Rulebook(List.of(those), Map.of(), false, Signals.NONE, approvals);
    rules = rules(setup.destinations);
  }

  /** From here on these have to agree as well. */
  void ask(List<EngineConfig> configs) {
    engines = new Engines(vertx, metrics).of(configs);
    rulebook = new Rulebook(List.of(), Map.of(), false, Signals.NONE, approvals);
    rules = rules(setup.destinations);
  }

  static Setup setup() {
    return new Setup();
  }

  static Injection bearer() {
    return new Injection.Bearer(Template.parse("{token}"));
  }

  /** A task of a kind with these destinations; of all where none is named. */
  OpenTask open(String... destinations) throws IOException {
    return openAs(ownUid(), destinations);
  }

  /** A task that was opened by another user. */
  OpenTask openAs(int uid, String... destinations) throws IOException {
    List<String> names =
        destinations.length == 0
            ? new ArrayList<>(setup.destinations.keySet())
            : List.of(destinations);
    TaskKind kind =
        new TaskKind(
            "kind",
            Set.of(AGENT),
            Set.of(),
            Duration.ofMinutes(10),
            Optional.empty(),
            setup.drain,
            100,
            "role",
            names);
    TaskRequest request =
        new TaskRequest(
            "a test",
            AGENT,
            AgentProof.UID,
            "uid:test",
            Optional.of(uid),
            Optional.empty(),
            Optional.empty(),
            Map.of(),
            Optional.empty());
    if (!(tasks.open(kind, request) instanceof Tasks.Opening.Opened(Task task, TaskToken token))) {
      throw new IOException("the task was not opened");
    }
    ends.watch(task);
    return new OpenTask(task, token);
  }

  static int ownUid() throws IOException {
    return OwnUid.read();
  }

  RawAgent agent() throws IOException {
    return RawAgent.connect(address());
  }

  InetSocketAddress address() {
    return (InetSocketAddress) proxy.address();
  }

  ProxyServer proxy() {
    return proxy;
  }

  TaskEnds ends() {
    return ends;
  }

  FakeSecretStore store() {
    return store;
  }

  Approvals approvals() {
    return approvals;
  }

  AuditLog audit() {
    return audit;
  }

  String metrics() {
    return metrics.scrape("").body();
  }

  /** Waits for an audit line that has all of these words. */
  String auditLine(String... words) throws IOException {
    String[] found = new String[1];
    await(
        "an audit line with " + List.of(words),
        () -> {
          for (String line : auditLines()) {
            if (java.util.Arrays.stream(words).allMatch(line::contains)) {
              found[0] = line;
              return true;
            }
          }
          return false;
        });
    return found[0];
  }

  List<String> auditLines() {
    try {
      return Files.readAllLines(auditFile);
    } catch (IOException unreadable) {
      throw new java.io.UncheckedIOException(unreadable);
    }
  }

  static void await(String what, BooleanSupplier condition) throws IOException {
    long until = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - until > 0) {
        throw new IOException("waited in vain for " + what);
      }
      Thread.onSpinWait();
      try {
        Thread.sleep(5);
      } catch (InterruptedException stopped) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted", stopped);
      }
    }
  }

  @Override
  public void close() throws IOException {
    proxy.close();
    vertx.close().toCompletionStage().toCompletableFuture().join();
    audit.close();
    journal.close();
    metrics.close();
  }
}
