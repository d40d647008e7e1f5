package dev.leasehold.suite.vault;

import dev.leasehold.broker.identity.Identity;
import dev.leasehold.broker.identity.IdentityConfig;
import dev.leasehold.broker.identity.ServerTrust;
import dev.leasehold.broker.secret.SecretPath;
import dev.leasehold.broker.secret.SecretStoreException;
import dev.leasehold.broker.secret.SecretValue;
import dev.leasehold.broker.secret.TaskToken;
import dev.leasehold.broker.secret.TaskTokenRequest;
import dev.leasehold.broker.telemetry.BootClock;
import dev.leasehold.broker.telemetry.Metrics;
import dev.leasehold.broker.vault.VaultConfig;
import dev.leasehold.broker.vault.VaultNeeds;
import dev.leasehold.broker.vault.VaultSecretStore;
import dev.leasehold.broker.vault.VaultSetup;
import dev.leasehold.testbed.postgres.DemoDatabase;
import dev.leasehold.testbed.postgres.PostgresServers;
import dev.leasehold.testbed.server.Account;
import dev.leasehold.testbed.server.RunFolder;
import dev.leasehold.testbed.server.Servers;
import dev.leasehold.testbed.spiffe.EmbeddedTrustDomain;
import dev.leasehold.testbed.vault.VaultAdmin;
import dev.leasehold.testbed.vault.VaultServer;
import dev.leasehold.testbed.vault.VaultServers;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * A Vault with a database and a KV engine, a trust domain that misbehaves on command, and stores
 * that are set up by {@link VaultSetup} alone.
 */
final class VaultRig implements AutoCloseable {
  static final String SPIFFE_ID = "spiffe://example.org/leasehold/buyer";
  static final Duration KIND_TTL = Duration.ofMinutes(10);
  static final Duration PATIENCE = Duration.ofSeconds(30);

  final RunFolder run = RunFolder.create();
  final EmbeddedTrustDomain domain = EmbeddedTrustDomain.start("example.org", run);
  final VaultServer vault;
  final VaultAdmin admin;
  final DemoDatabase database;

  VaultRig() {
    this(run -> VaultServers.start(Servers.fromEnvironment(), run));
  }

  VaultRig(Function<RunFolder, VaultServer> start) {
    domain.register(SPIFFE_ID, Account.uid(), "buyer.example.org", Duration.ofHours(1));
    vault = start.apply(run);
    admin = VaultAdmin.of(vault);
    database = DemoDatabase.prepare(PostgresServers.start(Servers.fromEnvironment(), run));
    mountEngines();
  }

  private void mountEngines() {
    write("sys/auth/cert", new JsonObject().put("type", "cert"));
    write("sys/auth/jwt", new JsonObject().put("type", "jwt"));
    write(
        "auth/jwt/config",
        new JsonObject().put("jwt_validation_pubkeys", new JsonArray(domain.jwtAuthoritiesPem())));
    write("sys/mounts/database", new JsonObject().put("type", "database"));
    write(
        "database/config/orders",
        new JsonObject()
            .put("plugin_name", "postgresql-database-plugin")
            .put("allowed_roles", new JsonArray().add("*"))
            .put("connection_url", database.vaultConnectionUrl())
            .put("username", DemoDatabase.VAULT_USER)
            .put("password", database.vaultPassword()));
    databaseRole("ro", "");
    databaseRole("slow", "SELECT pg_sleep(2);");
    write(
        "sys/mounts/kv",
        new JsonObject().put("type", "kv").put("options", new JsonObject().put("version", "2")));
    write("kv/data/app", new JsonObject().put("data", new JsonObject().put("key", "k-0123456789")));
  }

  private void databaseRole(String name, String before) {
    write(
        "database/roles/" + name,
        new JsonObject()
            .put("db_name", "orders")
            .put("default_ttl", "5m")
            .put("max_ttl", "10m")
            .put(
                "creation_statements",
                new JsonArray()
                    .add(
                        before
                            + "CREATE ROLE \"{{name}}\" LOGIN PASSWORD '{{password}}' VALID UNTIL"
                            + " '{{expiration}}' IN ROLE "
                            + DemoDatabase.APP_ROLE
                            + ";")));
  }

  void write(String path, JsonObject body) {
    admin.write(path, body).orThrow();
  }

  VaultConfig config(VaultConfig.Login login, Duration heartbeat) {
    return new VaultConfig(
        vault.address(),
        new ServerTrust.PemFile(vault.caFile()),
        login,
        new VaultConfig.Heartbeat("leasehold-buyer-heartbeat", heartbeat),
        KIND_TTL,
        VaultConfig.Timeouts.DEFAULT,
        VaultConfig.DEFAULT_PARALLEL_CALLS);
  }

  static VaultConfig.Login certLogin() {
    return new VaultConfig.Login(
        VaultConfig.Method.CERT,
        "auth/cert",
        "leasehold-buyer",
        Optional.empty(),
        VaultConfig.Login.defaultTtl(KIND_TTL));
  }

  static VaultConfig.Login jwtLogin() {
    return new VaultConfig.Login(
        VaultConfig.Method.JWT,
        "auth/jwt",
        "leasehold-buyer",
        Optional.of("vault"),
        VaultConfig.Login.defaultTtl(KIND_TTL));
  }

  static VaultNeeds needs(VaultConfig config) {
    return new VaultNeeds(
        SPIFFE_ID,
        config.login(),
        config.heartbeat(),
        List.of(new VaultNeeds.Kind("leasehold-buyer-restock", KIND_TTL, Set.of("ro", "app"))),
        List.of(
            new VaultNeeds.Credential("ro", SecretPath.read("database/creds/ro"), true),
            new VaultNeeds.Credential("slow", SecretPath.read("database/creds/slow"), true),
            new VaultNeeds.Credential("app", SecretPath.read("kv/data/app"), false)),
        List.of());
  }

  /** Writes what {@code config} needs. */
  String apply(VaultConfig config) throws SecretStoreException {
    return printed(
        out ->
            new VaultSetup(needs(config), config)
                .apply(out, adminToken(), Optional.of(domain.bundlePem()), Optional.empty()));
  }

  /** What differs; ends with a line that begins with "equal" when nothing does. */
  String diff(VaultConfig config) throws SecretStoreException {
    return printed(
        out ->
            new VaultSetup(needs(config), config)
                .diff(out, adminToken(), Optional.of(domain.bundlePem()), Optional.empty()));
  }

  SecretValue adminToken() {
    return SecretValue.copyOf(vault.adminToken().getBytes(StandardCharsets.UTF_8));
  }

  private interface Printing {
    void to(PrintStream out) throws SecretStoreException;
  }

  private static String printed(Printing printing) throws SecretStoreException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    printing.to(new PrintStream(bytes, true, StandardCharsets.UTF_8));
    return bytes.toString(StandardCharsets.UTF_8);
  }

  /** A store of its own, set up and begun, not yet ready. */
  Started start(VaultConfig config) throws SecretStoreException {
    apply(config);
    return begin(config);
  }

  /** As {@link #start}, with Vault as it is. */
  Started begin(VaultConfig config) {
    BootClock clock = BootClock.system();
    Metrics metrics = new Metrics("test", Metrics.NONE);
    Identity identity =
        new Identity(new IdentityConfig(domain.workloadApi(), Optional.empty()), clock, metrics);
    RecordedEvents events = new RecordedEvents();
    VaultSecretStore store = new VaultSecretStore(config, identity, clock, metrics);
    identity.start();
    store.start(events);
    return new Started(identity, store, events, metrics);
  }

  /** A store with what it stands on. */
  record Started(Identity identity, VaultSecretStore store, RecordedEvents events, Metrics metrics)
      implements AutoCloseable {

    Started ready() throws InterruptedException {
      if (!store.awaitReady(PATIENCE)) {
        throw new IllegalStateException("not ready: " + store.notReady());
      }
      return this;
    }

    TaskToken openTask(String... credentials) throws SecretStoreException {
      return store.openTaskToken(
          new TaskTokenRequest(
              "leasehold-buyer-restock",
              Set.of(credentials),
              KIND_TTL.plusSeconds(60),
              "t-42",
              Map.of("task", "t-42", "kind", "restock", "agent", "spiffe://example.org/agent")));
    }

    @Override
    public void close() {
      store.close();
      identity.close();
      metrics.close();
    }
  }

  @Override
  public void close() {
    run.close();
  }
}
