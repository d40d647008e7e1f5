package dev.leasehold.suite.contract;

import dev.leasehold.testbed.postgres.DemoDatabase;
import dev.leasehold.testbed.postgres.PostgresServers;
import dev.leasehold.testbed.server.MissingServerException;
import dev.leasehold.testbed.server.RunFolder;
import dev.leasehold.testbed.server.ServerKind;
import dev.leasehold.testbed.server.Servers;
import dev.leasehold.testbed.server.Setting;
import dev.leasehold.testbed.server.Way;
import dev.leasehold.testbed.tls.Leaf;
import dev.leasehold.testbed.vault.VaultServer;
import dev.leasehold.testbed.vault.VaultServers;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A Vault that runs in one of the ways. Where {@code CI} or {@code LEASEHOLD_REQUIRE_REAL} demands
 * the real product, its absence fails the suite.
 */
final class ContractRig implements AutoCloseable {
  final RunFolder run = RunFolder.create();
  final VaultServer vault;

  /** With the root token and no client certificate. */
  final ContractClient root;

  private @Nullable DemoDatabase database;

  private ContractRig(ServerKind kind) {
    vault = starter(kind, run).orElseThrow().start();
    root = client(vault.adminToken());
    System.out.println("contract: " + vault.describe());
  }

  /** Every way that this machine has; prints those that it has not. Started one after another. */
  static Stream<ContractRig> servers() {
    return Stream.of(ServerKind.values()).filter(ContractRig::present).map(ContractRig::new);
  }

  private static boolean present(ServerKind kind) {
    try (RunFolder asking = RunFolder.create()) {
      boolean present = starter(kind, asking).isPresent();
      if (!present && kind == ServerKind.REAL && Setting.realDemandedBy().isPresent()) {
        throw new MissingServerException(
            "The contract needs HashiCorp Vault. Build it with .ci/servers/build-vault.");
      }
      if (!present) {
        System.out.println("contract: no " + kind + " Vault on this machine, not compared");
      }
      return present;
    }
  }

  private static Optional<Way.Starter<? extends VaultServer>> starter(
      ServerKind kind, RunFolder run) {
    for (Way<VaultServer> way : VaultServers.ways(run)) {
      if (way.kind() == kind) {
        Optional<? extends Way.Starter<? extends VaultServer>> found = way.finder().get();
        return found.map(starter -> starter);
      }
    }
    return Optional.empty();
  }

  /** Started when first asked for. */
  DemoDatabase database() {
    DemoDatabase known = database;
    if (known == null) {
      known = DemoDatabase.prepare(PostgresServers.start(Servers.fromEnvironment(), run));
      database = known;
    }
    return known;
  }

  ContractClient client(String token) {
    return run.keep(ContractClient.of(vault, token, null));
  }

  /** Presents the certificate, sends no token. */
  ContractClient client(Leaf leaf) {
    return run.keep(ContractClient.of(vault, "", leaf));
  }

  /** A child of the root token with these policies and nothing else. */
  ContractClient holding(String... policies) {
    return root.as(token("policies", List.of(policies), "no_default_policy", true));
  }

  /** The id of a new child of the root token. */
  String token(Object... namesAndValues) {
    return root.write("auth/token/create", namesAndValues)
        .orThrow()
        .auth()
        .getString("client_token");
  }

  /** Writes a policy under a new name. */
  String policy(String hcl) {
    String name = "p-" + UUID.randomUUID();
    root.write("sys/policies/acl/" + name, "policy", hcl).orThrow();
    return name;
  }

  /** The members of {@code auth} of a token made by a role. */
  JsonObject made(ContractClient maker, String role, Object... namesAndValues) {
    return maker.write("auth/token/create/" + role, namesAndValues).orThrow().auth();
  }

  @Override
  public void close() {
    run.close();
  }

  @Override
  public String toString() {
    return vault.kind().toString();
  }
}
