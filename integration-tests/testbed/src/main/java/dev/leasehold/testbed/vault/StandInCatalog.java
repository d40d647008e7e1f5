package dev.leasehold.testbed.vault;

import dev.leasehold.testbed.vault.auth.CertAuth;
import dev.leasehold.testbed.vault.auth.JwtAuth;
import dev.leasehold.testbed.vault.auth.Renewers;
import dev.leasehold.testbed.vault.engine.DatabaseEngine;
import dev.leasehold.testbed.vault.engine.KvEngine;
import dev.leasehold.testbed.vault.engine.RabbitEngine;
import dev.leasehold.testbed.vault.lease.Leases;
import dev.leasehold.testbed.vault.mount.Backend;
import dev.leasehold.testbed.vault.sys.Catalog;
import dev.leasehold.testbed.vault.token.Logins;
import dev.leasehold.testbed.vault.wire.Refusal;

/** The engines and auth methods that the stand-in has. */
record StandInCatalog(Logins logins, Renewers renewers, Leases leases) implements Catalog {

  @Override
  public Backend make(String type, boolean auth, String path) {
    return auth ? auth(type, path) : engine(type);
  }

  private Backend auth(String type, String path) {
    return switch (type) {
      case "cert" -> {
        CertAuth cert = new CertAuth(logins);
        renewers.add(path, cert);
        yield cert;
      }
      case "jwt" -> {
        JwtAuth jwt = new JwtAuth(logins);
        renewers.add(path, jwt);
        yield jwt;
      }
      default -> throw unknown(type);
    };
  }

  private Backend engine(String type) {
    return switch (type) {
      case "kv" -> new KvEngine();
      case "database" -> new DatabaseEngine(leases);
      case "rabbitmq" -> new RabbitEngine(leases);
      default -> throw unknown(type);
    };
  }

  private static Refusal unknown(String type) {
    return Refusal.badRequest("plugin not found in the catalog: " + type);
  }
}
