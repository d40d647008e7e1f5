package dev.leasehold.testbed;

import dev.leasehold.testbed.postgres.DemoDatabase;
import dev.leasehold.testbed.postgres.PostgresServers;
import dev.leasehold.testbed.prometheus.PrometheusServer;
import dev.leasehold.testbed.prometheus.PrometheusServers;
import dev.leasehold.testbed.rabbitmq.RabbitServer;
import dev.leasehold.testbed.rabbitmq.RabbitServers;
import dev.leasehold.testbed.server.RunFolder;
import dev.leasehold.testbed.server.Servers;
import dev.leasehold.testbed.server.TestServer;
import dev.leasehold.testbed.spiffe.TrustDomains;
import dev.leasehold.testbed.spiffe.WorkloadIdentity;
import dev.leasehold.testbed.tls.TestCa;
import dev.leasehold.testbed.vault.VaultAdmin;
import dev.leasehold.testbed.vault.VaultServer;
import dev.leasehold.testbed.vault.VaultServers;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A trust domain on one machine: the servers that a test wants, set up for one another, in one
 * temporary folder. Closing ends all of it and removes the folder, and so does the end of the JVM.
 */
public final class Testbed implements AutoCloseable {

  /** The trust domain of every testbed. */
  public static final String TRUST_DOMAIN = "example.org";

  private final RunFolder run = RunFolder.create();
  private final TestCa ca = TestCa.create("Upstreams of the testbed");
  private final List<TestServer> servers = new ArrayList<>();
  private @Nullable VaultServer vault;
  private @Nullable VaultAdmin vaultAdmin;
  private @Nullable WorkloadIdentity identity;
  private @Nullable DemoDatabase database;
  private @Nullable RabbitServer rabbit;

  private Testbed() {}

  /** Starts what is needed, by the way that the environment prefers. */
  public static Testbed start(Needs... needs) {
    return start(Servers.fromEnvironment(), needs);
  }

  /** Starts what is needed, by the given preference, and prints which servers these are. */
  public static Testbed start(Servers servers, Needs... needs) {
    Testbed testbed = new Testbed();
    try {
      testbed.startAll(servers, needs.length == 0 ? Set.of() : EnumSet.copyOf(List.of(needs)));
    } catch (RuntimeException failed) {
      testbed.close();
      throw failed;
    }
    System.out.println("testbed: " + testbed.describe());
    return testbed;
  }

  private void startAll(Servers servers, Set<Needs> needs) {
    if (needs.contains(Needs.WORKLOAD_API)) {
      identity = started(TrustDomains.start(servers, run, TRUST_DOMAIN));
    }
    if (needs.contains(Needs.POSTGRES)) {
      database = DemoDatabase.prepare(started(PostgresServers.start(servers, run)));
    }
    if (needs.contains(Needs.RABBITMQ)) {
      rabbit = started(RabbitServers.start(run, ca.leaf("127.0.0.1")));
    }
    if (needs.contains(Needs.VAULT)) {
      setUp(started(VaultServers.start(servers, run)));
    }
  }

  private void setUp(VaultServer started) {
    vault = started;
    VaultAdmin admin = VaultAdmin.of(started);
    vaultAdmin = run.keep(admin);
    VaultMounts mounts = new VaultMounts(admin);
    mounts.keyValue();
    if (identity != null) {
      mounts.logins(identity);
    }
    if (database != null) {
      mounts.database(database);
    }
    if (rabbit != null) {
      mounts.rabbit(rabbit);
    }
  }

  private <S extends TestServer> S started(S server) {
    servers.add(server);
    return server;
  }

  /** The servers of this testbed with their versions, on one line. */
  public String describe() {
    return servers.stream().map(TestServer::describe).collect(Collectors.joining(", "));
  }

  /** A folder of this testbed for the test's own files. */
  public Path folder() {
    return run.path();
  }

  /** The authority of upstreams' certificates. */
  public TestCa ca() {
    return ca;
  }

  public VaultServer vault() {
    return wanted(vault, Needs.VAULT);
  }

  /** Vault with its root token. */
  public VaultAdmin vaultAdmin() {
    return wanted(vaultAdmin, Needs.VAULT);
  }

  public WorkloadIdentity identity() {
    return wanted(identity, Needs.WORKLOAD_API);
  }

  public DemoDatabase database() {
    return wanted(database, Needs.POSTGRES);
  }

  public RabbitServer rabbit() {
    return wanted(rabbit, Needs.RABBITMQ);
  }

  /** Starts a Prometheus on one target, such as {@code http://127.0.0.1:15090/metrics}. */
  public PrometheusServer prometheus(URI target) {
    return started(PrometheusServers.start(run, target));
  }

  /** Has something of the test's own closed with the testbed, before the servers are. */
  public <T extends AutoCloseable> T keep(T content) {
    return run.keep(content);
  }

  private static <T> T wanted(@Nullable T server, Needs need) {
    if (server == null) {
      throw new IllegalStateException("this testbed was started without " + need);
    }
    return server;
  }

  @Override
  public void close() {
    run.close();
  }
}
