package dev.leasehold.suite.sidecar;

import dev.leasehold.testbed.Testbed;
import dev.leasehold.testbed.server.Account;
import dev.leasehold.testbed.server.FreePorts;
import dev.leasehold.testbed.sidecar.Distribution;
import dev.leasehold.testbed.sidecar.Ran;
import dev.leasehold.testbed.sidecar.Sidecar;
import dev.leasehold.testbed.target.BasicLogin;
import dev.leasehold.testbed.target.DemoApi;
import dev.leasehold.testbed.vault.VaultCall;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * One sidecar in a testbed, as a process of its own and set up by its own commands. Closing stops
 * it and searches all that it left for secrets.
 */
public final class Rig implements AutoCloseable {
  public static final String AGENT = "spiffe://example.org/agent/buyer";
  public static final String NEIGHBOUR = "spiffe://example.org/agent/neighbour";
  private static final AtomicInteger NUMBER = new AtomicInteger();

  private final Testbed testbed;
  private final Uids uids;
  private final String name;
  private final Path folder;
  private final Distribution distribution;
  private final int proxyPort = FreePorts.next();
  private final int adminPort = FreePorts.next();
  private final int controlPort = FreePorts.next();
  private final String agentToken = UUID.randomUUID().toString();
  private final String operatorToken = UUID.randomUUID().toString();
  private final SecretSearch secrets = new SecretSearch();
  private final String spiffeId;
  private final List<String> callers = new ArrayList<>();
  private Duration heartbeat = Duration.ofSeconds(60);
  private Map<String, String> environment = Map.of();
  private String rules = "";
  private Optional<String> example = Optional.empty();
  private Optional<String> defaultProxy = Optional.empty();
  private Optional<String> workloadApi = Optional.empty();
  private @Nullable Sidecar sidecar;

  public Rig(Testbed testbed) {
    this(testbed, "spiffe://example.org/leasehold/rig" + NUMBER.incrementAndGet());
  }

  /**
   * @param spiffeId whose last part is the rig's name
   */
  Rig(Testbed testbed, String spiffeId) {
    this(testbed, spiffeId, Uids.ofThisMachine());
  }

  Rig(Testbed testbed, String spiffeId, Uids uids) {
    this.testbed = testbed;
    this.uids = uids;
    this.spiffeId = spiffeId;
    this.name = spiffeId.substring(spiffeId.lastIndexOf('/') + 1);
    try {
      this.folder = Files.createDirectory(testbed.folder().resolve(name));
      Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
      for (String part : List.of("run", "state", "log")) {
        give(Files.createDirectory(folder.resolve(part)));
      }
      Distribution built = Distribution.built();
      distribution = uids.areSeparate() ? built.forEverybody(folder) : built;
      Files.copy(testbed.vault().caFile(), folder.resolve("vault-ca.pem"));
      Files.writeString(folder.resolve("upstream-ca.pem"), testbed.ca().pem());
      tokenFile("agent.token", agentToken);
      tokenFile("operator.token", operatorToken);
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
    testbed.identity().register(spiffeId, uids.sidecar(), name, Duration.ofHours(1));
    secrets.know("agent's caller token", agentToken);
    secrets.know("operator's caller token", operatorToken);
  }

  private void tokenFile(String file, String token) throws IOException {
    Path path = Files.writeString(folder.resolve(file), token);
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
    give(path);
  }

  private void give(Path path) throws IOException {
    if (uids.areSeparate()) {
      Files.setAttribute(path, "unix:uid", uids.sidecar());
      Files.setAttribute(path, "unix:gid", uids.sidecar());
    }
  }

  /** How long everything outlives this sidecar when it is killed. */
  Rig heartbeat(Duration ttl) {
    heartbeat = ttl;
    return this;
  }

  /**
   * The sections {@code tasks}, {@code destinations} and {@code credentials}. {@code ${rig}} stands
   * for a name that is this rig's own, {@code ${folder}} for its folder.
   */
  public Rig rules(String yaml) {
    rules = yaml.replace("${rig}", name).replace("${folder}", folder.toString());
    return this;
  }

  /** Serves one caller more, written as in the configuration. */
  Rig caller(String entry) {
    callers.add(entry);
    return this;
  }

  List<String> callers() {
    return callers;
  }

  /** Asks for its SVID at another address than the testbed's. */
  Rig workloadApi(String address) {
    workloadApi = Optional.of(address);
    return this;
  }

  String workloadApi() {
    return workloadApi.orElseGet(() -> String.valueOf(testbed.identity().workloadApi()));
  }

  /** Serves calls that name no task as those of the default task, which the rules give. */
  Rig defaultProxy(String address) {
    defaultProxy = Optional.of(address);
    return this;
  }

  Optional<String> defaultProxy() {
    return defaultProxy;
  }

  /** Serves this instead of a configuration of the rig's own. */
  Rig example(String configuration) {
    example = Optional.of(configuration);
    return this;
  }

  /** Variables that the sidecar is started with. */
  Rig environment(Map<String, String> variables) {
    environment = Map.copyOf(variables);
    return this;
  }

  /** A file of the sidecar's that only it can read. */
  Rig secretFile(String file, String secret) {
    try {
      tokenFile(file, secret);
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
    secrets.know(file, secret);
    return this;
  }

  /** Where Vault's record of calls stands. */
  int vaultMark() {
    return testbed.vault().calls().size();
  }

  /** What the sidecar has asked of Vault since, but for renewals of its heartbeat. */
  List<VaultCall> vaultCallsSince(int mark) {
    List<VaultCall> calls = testbed.vault().calls();
    return calls.subList(mark, calls.size()).stream()
        .filter(call -> !call.displayName().equals("root"))
        .filter(call -> !call.path().equals("auth/token/renew-self"))
        .toList();
  }

  /** Writes the configuration, has {@code leasehold vault apply} set Vault up, and serves. */
  public Rig start() {
    setUpVault();
    return serve().awaitReady();
  }

  Rig setUpVault() {
    write(config(), configuration());
    Path bundle = folder.resolve("bundle.pem");
    write(bundle, testbed.identity().bundlePem());
    leasehold(
            Map.of("VAULT_TOKEN", testbed.vault().adminToken()),
            "vault",
            "apply",
            "--config",
            config().toString(),
            "--bundle",
            bundle.toString())
        .orThrow();
    return this;
  }

  /** Starts it, without waiting for anything. */
  Rig serve() {
    List<String> serve = List.of("serve", "--config", config().toString());
    return serveBy(distribution.command(uids.sidecar(), serve), environment);
  }

  /** Starts it with more options of Java than the launcher gives it. */
  Rig serveByJava(List<String> options) {
    Path home = distribution.home();
    List<String> java = new ArrayList<>();
    java.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    java.add("@" + home.resolve("java.args"));
    java.addAll(options);
    java.addAll(List.of("-cp", home.resolve("lib") + "/*", "dev.leasehold.broker.Main"));
    java.addAll(List.of("serve", "--config", config().toString()));
    return serveBy(Account.commandAs(uids.sidecar(), java), Map.of());
  }

  /** Starts it by a command of the test's own, which serves {@link #config}. */
  Rig serveBy(List<String> command, Map<String, String> variables) {
    write(config(), configuration());
    sidecar = testbed.keep(Sidecar.start(command, variables, log()));
    return this;
  }

  Rig awaitReady() {
    sidecar().awaitReady();
    return this;
  }

  private static void write(Path file, String text) {
    try {
      Files.writeString(file, text);
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  /** Runs a command of Leasehold as root, or as whoever runs the test. */
  Ran leasehold(Map<String, String> environment, String... arguments) {
    return Ran.command(command(List.of(arguments)), environment);
  }

  /** That command, to be run by the test itself. */
  List<String> command(List<String> arguments) {
    return distribution.command(Account.uid(), arguments);
  }

  private String configuration() {
    return example.orElseGet(() -> RigConfiguration.of(this, heartbeat) + rules);
  }

  Testbed testbed() {
    return testbed;
  }

  String spiffeId() {
    return spiffeId;
  }

  /** Its own name, which its roles in Vault begin with. */
  String name() {
    return name;
  }

  public Uids uids() {
    return uids;
  }

  public Path folder() {
    return folder;
  }

  public Distribution distribution() {
    return distribution;
  }

  Path config() {
    return folder.resolve("config.yaml");
  }

  Path log() {
    return folder.resolve("log").resolve("leasehold.log");
  }

  Path auditFile() {
    return folder.resolve("log").resolve("audit.jsonl");
  }

  public Path controlSocket() {
    return folder.resolve("run").resolve("control.sock");
  }

  int proxyPort() {
    return proxyPort;
  }

  int adminPort() {
    return adminPort;
  }

  int controlPort() {
    return controlPort;
  }

  Sidecar sidecar() {
    Sidecar running = sidecar;
    if (running == null) {
      throw new IllegalStateException("not started");
    }
    return running;
  }

  /** The task API, called with the agent's token. */
  ControlClient agent() {
    return new ControlClient(controlPort, agentToken, secrets);
  }

  /** The task API, called with the operator's token. */
  ControlClient operator() {
    return new ControlClient(controlPort, operatorToken, secrets);
  }

  /** What must stand nowhere. */
  public SecretSearch secrets() {
    return secrets;
  }

  /** The credential that an upstream got last; it is looked for from now on. */
  BasicLogin lastCredential(DemoApi api) {
    BasicLogin credential =
        BasicLogin.parse(api.requests().getLast().header("authorization")).orElseThrow();
    secrets.know("password of " + credential.user(), credential.password());
    secrets.know("pair of " + credential.user(), credential.user() + ":" + credential.password());
    return credential;
  }

  /** All that the sidecar has written so far: audit log, log, journal. */
  private List<Path> outputs() throws IOException {
    List<Path> files = new ArrayList<>();
    for (String part : List.of("log", "state", "run")) {
      try (var found = Files.walk(folder.resolve(part))) {
        found.filter(Files::isRegularFile).forEach(files::add);
      }
    }
    return files;
  }

  /** The audit lines so far, oldest first. */
  String audit() {
    try {
      return Files.readString(auditFile());
    } catch (IOException absent) {
      return "";
    }
  }

  /** Where counts stand, before something is refused. */
  Refusals refusals() {
    return Refusals.before(this);
  }

  @Override
  public void close() {
    if (sidecar != null) {
      sidecar.close();
    }
    try {
      for (Path file : outputs()) {
        secrets.assertAbsentFrom(file);
      }
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }
}
