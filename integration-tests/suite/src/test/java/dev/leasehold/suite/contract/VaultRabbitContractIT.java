package dev.leasehold.suite.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.leasehold.testbed.rabbitmq.RabbitServer;
import dev.leasehold.testbed.rabbitmq.RabbitServers;
import dev.leasehold.testbed.server.Setting;
import dev.leasehold.testbed.tls.TestCa;
import dev.leasehold.testbed.vault.VaultAnswer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Leases of users in a RabbitMQ, on machines that have one; there is no stand-in for it. */
@ParameterizedClass(allowZeroInvocations = true)
@MethodSource("servers")
final class VaultRabbitContractIT {
  private final ContractRig rig;

  VaultRabbitContractIT(ContractRig rig) {
    this.rig = rig;
  }

  static Stream<ContractRig> servers() {
    if (RabbitServers.available() || Setting.realDemandedBy().isPresent()) {
      return ContractRig.servers();
    }
    System.out.println("contract: no RabbitMQ on this machine, its leases are not compared");
    return Stream.empty();
  }

  @Test
  void credentialIsAUserOfTheBrokerUntilItsSyncRevoke() {
    // Given
    RabbitServer rabbit = RabbitServers.start(rig.run, TestCa.create("RabbitMQ").leaf("127.0.0.1"));
    rig.root.write("sys/mounts/rabbitmq", "type", "rabbitmq").orThrow();
    rig.root
        .write(
            "rabbitmq/config/connection",
            "connection_uri",
            rabbit.management().toString(),
            "username",
            rabbit.adminUser(),
            "password",
            rabbit.adminPassword())
        .orThrow();
    rig.root.write("rabbitmq/config/lease", "ttl", "300", "max_ttl", "1800").orThrow();
    rig.root
        .write(
            "rabbitmq/roles/publisher",
            "tags",
            "management",
            "vhosts",
            "{\"/\":{\"configure\":\"^$\",\"write\":\".*\",\"read\":\".*\"}}")
        .orThrow();

    // When
    VaultAnswer creds = rig.root.read("rabbitmq/creds/publisher").orThrow();
    String user = creds.data().getString("username");
    String lease = creds.body().getString("lease_id");
    boolean made = rabbit.users().contains(user);
    VaultAnswer revoked = rig.root.write("sys/leases/revoke", "lease_id", lease, "sync", true);

    // Then
    assertTrue(made, user);
    assertTrue(lease.startsWith("rabbitmq/creds/publisher/"), lease);
    assertEquals(300, creds.body().getInteger("lease_duration"));
    assertFalse(creds.data().getString("password").isEmpty());
    assertEquals(204, revoked.status());
    assertFalse(rabbit.users().contains(user));
    assertEquals(400, rig.root.write("sys/leases/lookup", "lease_id", lease).status());
    assertEquals(400, rig.root.read("rabbitmq/creds/nobody").status());
  }
}
