package dev.leasehold.broker.control;

import dev.leasehold.broker.approval.ApprovalConfig;
import dev.leasehold.broker.approval.Approvals;
import dev.leasehold.broker.approval.Approvers;
import dev.leasehold.broker.approval.BreakGlassConfig;
import dev.leasehold.broker.audit.AuditConfig;
import dev.leasehold.broker.audit.AuditLog;
import dev.leasehold.broker.audit.FsyncPolicy;
import dev.leasehold.broker.control.Caller.Identification;
import dev.leasehold.broker.control.Caller.Right;
import dev.leasehold.broker.destination.Destination;
import dev.leasehold.broker.destination.Limits;
import dev.leasehold.broker.destination.Rule;
import dev.leasehold.broker.destination.Target;
import dev.leasehold.broker.destination.UpstreamTls;
import dev.leasehold.broker.lease.Credential;
import dev.leasehold.broker.lease.Elsewhere;
import dev.leasehold.broker.lease.Journal;
import dev.leasehold.broker.lease.Leases;
import dev.leasehold.broker.lease.RevokeAll;
import dev.leasehold.broker.lease.Surroundings;
import dev.leasehold.broker.lease.TaskEnds;
import dev.leasehold.broker.lease.Timers;
import dev.leasehold.broker.local.OwnUid;
import dev.leasehold.broker.policy.Consents;
import dev.leasehold.broker.policy.CredentialUse;
import dev.leasehold.broker.policy.Policy;
import dev.leasehold.broker.policy.PolicyRule;
import dev.leasehold.broker.policy.Rulebook;
import dev.leasehold.broker.policy.Signals;
import dev.leasehold.broker.secret.Revocability;
import dev.leasehold.broker.secret.SecretPath;
import dev.leasehold.broker.task.AgentProof;
import dev.leasehold.broker.task.Delegation;
import dev.leasehold.broker.task.Endpoints;
import dev.leasehold.broker.task.OnSharedToken;
import dev.leasehold.broker.task.Signal;
import dev.leasehold.broker.task.Task;
import dev.leasehold.broker.task.TaskId;
import dev.leasehold.broker.task.TaskKind;
import dev.leasehold.broker.task.Tasks;
import dev.leasehold.broker.telemetry.BootClock;
import dev.leasehold.broker.telemetry.Metrics;
import dev.leasehold.broker.telemetry.Readiness;
import dev.leasehold.broker.testing.FakeEndpoints;
import dev.leasehold.broker.testing.FakeSecretStore;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

/**
 * A control server on a socket and a loopback address. Leases, journal and audit log are real, the
 * secret store is a fake, the clock can be set forward.
 */
final class ControlTester implements AutoCloseable {
  static final String BUYER = "spiffe://example.org/agent/buyer";
  static final String RESEARCHER = "spiffe://example.org/agent/researcher";
  static final String SELLER = "spiffe://example.org/agent/seller";
  static final String OPERATOR_TOKEN = "operator-token-0123456789-0123456789";
  static final String BUYER_TOKEN = "buyer-token-0123456789-0123456789-01";
  static final String SELLER_TOKEN = "seller-token-0123456789-0123456789-0";
  static final String OPENING = "{\"kind\":\"restock\",\"purpose\":\"nightly restock\"}";
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /** How the server is set up. */
  static final class Setup {
    private boolean sameUid = true;
    private boolean ownUidListed = true;
    private int maxOpen = 20;
    private Duration ttl = Duration.ofMinutes(10);
    private final List<EventMapping> events = new ArrayList<>();
    private Optional<Approvers> approvers = Optional.empty();
    private List<PolicyRule> rules = List.of();
    private Optional<Delegation> delegation = Optional.empty();
    private Optional<AgentProof> agentProof = Optional.empty();
    private String ownAgent = BUYER;

    /** Every kind may delegate to these, once, to five at a time. */
    Setup delegation(String... to) {
      delegation = Optional.of(new Delegation(List.of(to), List.of(), 1, 5));
      return this;
    }

    Setup weakestProof(String word) {
      agentProof = Optional.of(AgentProof.valueOf(word.toUpperCase(Locale.ROOT)));
      return this;
    }

    /** Whose uid this process's is. */
    Setup ownUidIs(String agent) {
      ownAgent = agent;
      return this;
    }

    Setup refusingOwnUid() {
      sameUid = false;
      return this;
    }

    Setup notListingOwnUid() {
      ownUidListed = false;
      return this;
    }

    Setup maxOpen(int most) {
      maxOpen = most;
      return this;
    }

    Setup event(String type, String pointer, Signal signal) {
      events.add(new EventMapping(type, pointer, signal));
      return this;
    }

    /** Humans may be asked, and be known as {@code approvers} knows them. */
    Setup approvers(Approvers those) {
      approvers = Optional.of(those);
      return this;
    }

    private Optional<ApprovalAccess> approvals(Metrics metrics, AuditLog audit) {
      return approvers.map(
          those ->
              new ApprovalAccess(
                  new ApprovalConfig(
                      Optional.empty(),
                      Optional.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)),
                      Map.of(),
                      Optional.empty(),
                      Optional.empty()),
                  new Approvals(
                      InstantSource.system(),
                      audit::append,
                      metrics,
                      Optional.of(
                          new BreakGlassConfig(Optional.empty(), Duration.ofMinutes(30), 3))),
                  those));
    }

    /** From here on tasks are opened, and calls decided, by these rules. */
    Setup rules(PolicyRule... those) {
      rules = List.of(those);
      return this;
    }

    ControlTester start() throws IOException {
      return new ControlTester(this);
    }
  }

  private final Path folder = Files.createTempDirectory("leasehold-control");
  private final AtomicLong ahead = new AtomicLong();
  private final BootClock clock = () -> System.nanoTime() + ahead.get();
  private final Vertx vertx = Vertx.vertx();
  private final Metrics metrics = new Metrics("test", "test");
  private final Tasks tasks = new Tasks(() -> Instant.now().plusNanos(ahead.get()), clock::nanos);
  private final FakeSecretStore store = new FakeSecretStore(clock);
  private final Map<String, Optional<String>> notReady = new HashMap<>();
  private final Map<String, Destination> destinations = new LinkedHashMap<>();
  private final Map<String, Credential> credentials = new HashMap<>();
  private final AuditLog audit;
  private final Journal journal;
  private final Leases leases;
  private final TaskEnds ends;
  private final ControlServer server;
  private final Policy policy;
  private final Optional<ApprovalAccess> approvals;

  private ControlTester(Setup setup) throws IOException {
    destinations.put("shop", destination("shop", Optional.of("shop-key"), List.of("SHOP_API_KEY")));
    destinations.put("weather", destination("weather", Optional.empty(), List.of()));
    credentials.put("shop-key", credential());
    audit = AuditLog.open(AuditConfig.toFile(auditLog(), FsyncPolicy.DEFAULT), metrics, why -> {});
    approvals = setup.approvals(metrics, audit);
    Consents consents = approvals.<Consents>map(ApprovalAccess::approvals).orElse(Consents.NONE);
    policy =
        new Policy(
            "v1",
            destinations,
            Map.of("shop-key", new CredentialUse("shop-key", Optional.empty())),
            Instant::now,
            new Rulebook(setup.rules, Map.of(), false, Signals.NONE, consents),
            List.of());
    journal = Journal.open(folder.resolve("state"));
    Surroundings around =
        new Surroundings(
            store,
            journal,
            audit.taskEvents(() -> "v1"),
            metrics,
            Timers.system(clock),
            () -> Instant.now().plusNanos(ahead.get()));
    leases = new Leases(around, () -> policy, () -> credentials);
    Endpoints endpoints = new FakeEndpoints();
    ends =
        new TaskEnds(
            around,
            leases,
            tasks,
            endpoints,
            Elsewhere.NONE,
            config -> {
              throw new IllegalStateException("no credential here has a verifier");
            });
    Readiness readiness = new Readiness();
    for (String name : List.of("identity", "vault", "audit")) {
      readiness.add(name, () -> notReady.getOrDefault(name, Optional.empty()));
    }
    Map<String, TaskKind> kinds =
        Map.of(
            "restock", kind("restock", BUYER, setup, "shop", "weather"),
            "sale", kind("sale", SELLER, setup, "weather"),
            "survey", kind("survey", RESEARCHER, setup, "weather"));
    server =
        ControlServer.start(
            vertx,
            config(setup),
            new ControlNeeds(
                tasks,
                ends,
                leases,
                new RevokeAll(around, tasks, ends),
                endpoints,
                () -> new ControlRules(policy, kinds, credentials),
                approvals,
                this::svid,
                Optional.empty(),
                readiness,
                audit,
                metrics,
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 15080),
                folder,
                clock));
  }

  static Setup setup() {
    return new Setup();
  }

  private ControlConfig config(Setup setup) throws IOException {
    List<Caller> callers = new ArrayList<>();
    if (setup.ownUidListed) {
      callers.add(
          new Caller(
              new Identification.Uid(OwnUid.read()),
              Optional.of(setup.ownAgent),
              Set.of(Right.OPEN),
              Set.of("restock")));
    }
    callers.add(
        new Caller(
            new Identification.Svid(RESEARCHER),
            Optional.of(RESEARCHER),
            Set.of(Right.OPEN),
            Set.of("survey")));
    callers.add(tokenCaller(BUYER_TOKEN, Optional.of(BUYER), Right.OPEN, "restock"));
    callers.add(tokenCaller(SELLER_TOKEN, Optional.of(SELLER), Right.OPEN, "sale"));
    callers.add(tokenCaller(OPERATOR_TOKEN, Optional.empty(), Right.OPERATE));
    return new ControlConfig(
        Optional.of(folder.resolve("control.sock")),
        Optional.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)),
        callers,
        setup.events,
        setup.sameUid);
  }

  private Caller tokenCaller(String token, Optional<String> agent, Right right, String... kinds)
      throws IOException {
    Path file = folder.resolve(token.substring(0, token.indexOf('-')) + ".token");
    Files.writeString(file, token + "\n");
    return new Caller(new Identification.TokenFile(file), agent, Set.of(right), Set.of(kinds));
  }

  private static TaskKind kind(String name, String agent, Setup setup, String... destinations) {
    return new TaskKind(
        name,
        Set.of(agent),
        Set.of(),
        setup.ttl,
        Optional.empty(),
        Duration.ZERO,
        setup.maxOpen,
        "role",
        List.of(destinations),
        Optional.empty(),
        setup.delegation,
        setup.agentProof,
        OnSharedToken.RECORD);
  }

  /** What this tester takes for a valid JWT-SVID of that subject. */
  static String svidOf(String spiffeId) {
    byte[] subject = spiffeId.getBytes(StandardCharsets.US_ASCII);
    return "e30." + Base64.getUrlEncoder().withoutPadding().encodeToString(subject) + ".valid";
  }

  /** Stands in for the Workload API. */
  private JwtSvids.Answer svid(String token) {
    String[] parts = token.split("\\.", -1);
    return switch (parts[parts.length - 1]) {
      case "valid" ->
          new JwtSvids.Answer.Subject(
              new String(Base64.getUrlDecoder().decode(parts[1]), StandardCharsets.US_ASCII));
      case "unavailable" -> new JwtSvids.Answer.Unavailable("nobody answers");
      default -> new JwtSvids.Answer.Invalid();
    };
  }

  private static Destination destination(
      String name, Optional<String> credential, List<String> env) {
    return new Destination(
        name,
        new Target(Target.Scheme.HTTPS, name + ".example", 443),
        "/",
        Optional.of("test"),
        List.of(),
        List.of(new Rule("destinations." + name + ".allow[0]", Set.of("GET"), List.of())),
        List.of(),
        credential,
        false,
        UpstreamTls.SYSTEM,
        false,
        false,
        Destination.Redact.REPLACE,
        env,
        Set.of(),
        Set.of(),
        Limits.DEFAULT,
        Optional.empty(),
        false);
  }

  private static Credential credential() {
    return new Credential(
        "shop-key",
        SecretPath.read("test/creds/shop"),
        Duration.ofMinutes(5),
        Revocability.HARD,
        "shop-team",
        "internal",
        Set.of("token"),
        Optional.empty(),
        Optional.empty());
  }

  Path folder() {
    return folder;
  }

  Path auditLog() {
    return folder.resolve("audit.jsonl");
  }

  FakeSecretStore store() {
    return store;
  }

  Tasks tasks() {
    return tasks;
  }

  Task task(String id) {
    return tasks.find(TaskId.parse(id).orElseThrow()).orElseThrow();
  }

  void notReady(String check, String why) {
    notReady.put(check, Optional.of(why));
  }

  /** Sets every clock forward. */
  void advance(Duration time) {
    ahead.addAndGet(time.toNanos());
  }

  SocketAddress socket() {
    return UnixDomainSocketAddress.of(folder.resolve("control.sock"));
  }

  InetSocketAddress address() {
    return server.address().orElseThrow();
  }

  RawCaller onSocket() throws IOException {
    return new RawCaller(socket());
  }

  RawCaller onAddress() throws IOException {
    return new RawCaller(address());
  }

  /** A call on the socket as the caller of this process's uid. */
  RawCaller.Got asUid(Route route, String path, String body, String... headers) throws IOException {
    try (RawCaller caller = onSocket()) {
      return call(caller, route, path, body, headers);
    }
  }

  /** A call on the loopback address with a token. */
  RawCaller.Got withToken(String token, Route route, String path, String body, String... headers)
      throws IOException {
    List<String> all = new ArrayList<>(List.of(headers));
    all.add("Authorization: Bearer " + token);
    try (RawCaller caller = onAddress()) {
      return call(caller, route, path, body, all.toArray(String[]::new));
    }
  }

  /** A call at the listener of approvers. */
  RawCaller.Got asApprover(String token, Route route, String path, String body) throws IOException {
    URI listener = URI.create(server.approvals().orElseThrow());
    try (RawCaller caller =
        new RawCaller(new InetSocketAddress(listener.getHost(), listener.getPort()))) {
      return token.isEmpty()
          ? callAt(listener.getPort(), caller, route, path, body)
          : callAt(listener.getPort(), caller, route, path, body, "Authorization: Bearer " + token);
    }
  }

  /** Sends one call; every answer is held against the published description. */
  RawCaller.Got call(RawCaller caller, Route route, String path, String body, String... headers)
      throws IOException {
    return callAt(address().getPort(), caller, route, path, body, headers);
  }

  private static RawCaller.Got callAt(
      int port, RawCaller caller, Route route, String path, String body, String... headers)
      throws IOException {
    StringBuilder text = new StringBuilder();
    text.append(route.method()).append(' ').append(path).append(" HTTP/1.1\r\n");
    text.append("Host: 127.0.0.1:").append(port).append("\r\n");
    boolean hasType = false;
    for (String header : headers) {
      text.append(header).append("\r\n");
      hasType |= header.startsWith("Content-Type:");
    }
    if (!body.isEmpty() && !hasType) {
      text.append("Content-Type: application/json\r\n");
    }
    if (!body.isEmpty()) {
      int length = body.getBytes(StandardCharsets.UTF_8).length;
      text.append("Content-Length: ").append(length).append("\r\n");
    }
    caller.write(text + "\r\n" + body);
    RawCaller.Got got = caller.read();
    OpenApiDocument.check(route, got);
    return got;
  }

  /** Opens a task of the buyer's by its token. */
  RawCaller.Got open() throws IOException {
    return withToken(BUYER_TOKEN, Route.OPEN, "/v1/tasks", OPENING);
  }

  static void await(String what, BooleanSupplier condition) throws InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - end > 0) {
        throw new AssertionError("not in time: " + what);
      }
      Thread.sleep(5);
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    audit.close();
    journal.close();
    vertx.close().toCompletionStage().toCompletableFuture().join();
    metrics.close();
  }
}
