package dev.leasehold.testbed.vault;

import dev.leasehold.testbed.server.RunFolder;
import dev.leasehold.testbed.server.ServerKind;
import dev.leasehold.testbed.tls.Leaf;
import dev.leasehold.testbed.tls.TestCa;
import dev.leasehold.testbed.vault.auth.Renewers;
import dev.leasehold.testbed.vault.auth.TokenAuth;
import dev.leasehold.testbed.vault.engine.KvEngine;
import dev.leasehold.testbed.vault.lease.LeaseFaults;
import dev.leasehold.testbed.vault.lease.Leases;
import dev.leasehold.testbed.vault.listener.Faults;
import dev.leasehold.testbed.vault.listener.Listener;
import dev.leasehold.testbed.vault.mount.Core;
import dev.leasehold.testbed.vault.mount.Core.Outcome;
import dev.leasehold.testbed.vault.mount.Mounts;
import dev.leasehold.testbed.vault.policy.Policies;
import dev.leasehold.testbed.vault.sys.Sys;
import dev.leasehold.testbed.vault.sys.SysLeases;
import dev.leasehold.testbed.vault.sys.SysMounts;
import dev.leasehold.testbed.vault.sys.SysPolicies;
import dev.leasehold.testbed.vault.token.Logins;
import dev.leasehold.testbed.vault.token.Token;
import dev.leasehold.testbed.vault.token.TokenSpec;
import dev.leasehold.testbed.vault.token.Tokens;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

/**
 * A small stand-in for Vault inside this JVM, for machines that have none and for faults that a
 * real one cannot be asked for. It does what Leasehold rests on and refuses the rest; the contract
 * suite ({@code dev.leasehold.suite.contract}) compares it with the product, and a difference is a
 * bug here.
 *
 * <p>Tokens, policies, leases and mounts are in memory and survive {@link #stop} and {@link
 * #restart}. What it leases is real: users in a PostgreSQL or a RabbitMQ that a test points it to.
 *
 * <p>What can go wrong on command; a prefix is the beginning of a path without {@code /v1/}:
 *
 * <ul>
 *   <li>absent: {@link #stop}, then {@link #restart}
 *   <li>sealed: {@link #seal}, {@link #unseal}
 *   <li>403 and 5xx: {@code faults().answer("database/creds", 500, "internal error")}
 *   <li>429 with {@code Retry-After}: {@code faults().tooManyRequests("", Duration.ofSeconds(2))}
 *   <li>slow: {@code faults().on("database/creds", new Fault.Slow(Duration.ofSeconds(3)))}
 *   <li>closing mid-answer, the work done: {@code faults().next(1, prefix, new Fault.CutAnswer())}
 *   <li>the work done and no answer: {@code faults().next(1, prefix, new Fault.LoseAnswer())}
 *   <li>never answering: {@code faults().on("", new Fault.NeverAnswer())}
 *   <li>a late lease: {@code CountDownLatch answer = faults().holdNext("database/creds")} makes the
 *       credential at once and answers when the latch is counted down, the token's end or not
 *   <li>revocations that fail, linger or are given up on: {@link #leaseFaults}
 * </ul>
 *
 * <p>{@code faults().clear()} ends what {@code on}, {@code next} and their like began; a request
 * that is already held stays held. Answers made by a fault are in {@link #calls} too.
 */
public final class EmbeddedVault implements VaultServer {
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("embedded-vault-timer").factory());
  private final ConcurrentLinkedQueue<VaultCall> calls = new ConcurrentLinkedQueue<>();
  private final Faults faults = new Faults();
  private final LeaseFaults leaseFaults = new LeaseFaults();
  private final Leases leases = new Leases(timer, leaseFaults);
  private final Tokens tokens = new Tokens(timer, leases::queueAllOf);
  private final Core core;
  private final Leaf leaf;
  private final Path caFile;
  private final Token admin;
  private Listener listener;

  private EmbeddedVault(Path folder) {
    TestCa ca = TestCa.create("Vault stand-in of the testbed");
    leaf = ca.leaf("localhost", "127.0.0.1");
    try {
      caFile = Files.writeString(folder.resolve("ca.pem"), ca.pem());
    } catch (IOException full) {
      throw new UncheckedIOException(full);
    }
    Policies policies = new Policies();
    Mounts mounts = new Mounts();
    Renewers renewers = new Renewers();
    core = new Core(mounts, tokens, policies);
    StandInCatalog catalog = new StandInCatalog(new Logins(tokens), renewers, leases);
    mounts.add(
        "auth/token/",
        "token based credentials",
        Map.of(),
        new TokenAuth(tokens, policies, renewers));
    mounts.add(
        "sys/",
        "system endpoints used for control, policy and debugging",
        Map.of(),
        new Sys(
            core,
            new SysMounts(mounts, catalog, leases),
            new SysPolicies(policies),
            new SysLeases(leases)));
    mounts.add("secret/", "key/value secret storage", Map.of("version", "2"), new KvEngine());
    admin = tokens.create(root());
    listener = listen(0);
  }

  /** Starts one; it ends with the folder at the latest. */
  public static EmbeddedVault start(RunFolder run) {
    return run.keep(new EmbeddedVault(run.folder("vault-stand-in")));
  }

  private static TokenSpec root() {
    return new TokenSpec(
        null,
        "auth/token/root",
        "root",
        List.of("root"),
        Map.of(),
        Duration.ZERO,
        Duration.ZERO,
        Duration.ZERO,
        0,
        false,
        "",
        "",
        Map.of());
  }

  private Listener listen(int port) {
    return Listener.start(core, faults, this::record, leaf, port);
  }

  private void record(String path, Outcome outcome) {
    Token token = outcome.token();
    calls.add(
        new VaultCall(
            Instant.now(),
            outcome.operation().name().toLowerCase(Locale.ROOT),
            path,
            token == null ? "" : token.spec().displayName(),
            token == null ? Map.of() : token.spec().meta(),
            outcome.error()));
  }

  /** Makes requests go wrong. */
  public Faults faults() {
    return faults;
  }

  /** Makes revocations go wrong. */
  public LeaseFaults leaseFaults() {
    return leaseFaults;
  }

  @Override
  public synchronized URI address() {
    return URI.create("https://127.0.0.1:" + listener.port());
  }

  @Override
  public Path caFile() {
    return caFile;
  }

  @Override
  public String adminToken() {
    return admin.id();
  }

  @Override
  public List<VaultCall> calls() {
    return List.copyOf(calls);
  }

  @Override
  public void seal() {
    core.sealed(true);
  }

  @Override
  public void unseal() {
    core.sealed(false);
  }

  @Override
  public synchronized void stop() {
    listener.close();
  }

  @Override
  public synchronized void restart() {
    int port = listener.port();
    listener.close();
    core.sealed(false);
    listener = listen(port);
  }

  @Override
  public ServerKind kind() {
    return ServerKind.EMBEDDED;
  }

  @Override
  public String describe() {
    return "Vault stand-in for " + Sys.VERSION + " (embedded)";
  }

  @Override
  public synchronized void close() {
    listener.close();
    leases.close();
    timer.shutdownNow();
  }

  @Override
  public String toString() {
    return describe() + " at " + address();
  }
}
