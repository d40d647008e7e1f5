package dev.leasehold.testbed.spiffe;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The configuration of a SPIRE server and agent on one machine, attested by join token. Both look
 * for changes every second instead of every five, so that no test waits long for a registration.
 */
final class SpireFiles {

  private SpireFiles() {}

  static void writeServer(Path folder, String trustDomain, int port) {
    write(
        folder.resolve("server.conf"),
        """
        server {
          bind_address = "127.0.0.1"
          bind_port = "%1$d"
          socket_path = "%2$s/server.sock"
          trust_domain = "%3$s"
          data_dir = "%2$s/server"
          log_level = "WARN"
          default_x509_svid_ttl = "1h"
          default_jwt_svid_ttl = "5m"
          ca_ttl = "24h"
          jwt_issuer = "https://127.0.0.1:8443"
          experimental {
            cache_reload_interval = "1s"
          }
        }
        plugins {
          DataStore "sql" {
            plugin_data {
              database_type = "sqlite3"
              connection_string = "%2$s/server/datastore.sqlite3"
            }
          }
          NodeAttestor "join_token" {
            plugin_data {}
          }
          KeyManager "memory" {
            plugin_data = {}
          }
        }
        """
            .formatted(port, folder, trustDomain));
  }

  static void writeAgent(Path folder, String trustDomain, int port) {
    write(
        folder.resolve("agent.conf"),
        """
        agent {
          data_dir = "%2$s/agent"
          server_address = "127.0.0.1"
          server_port = "%1$d"
          socket_path = "%2$s/api.sock"
          trust_bundle_path = "%2$s/bundle.pem"
          trust_domain = "%3$s"
          log_level = "WARN"
          experimental {
            sync_interval = "1s"
          }
        }
        plugins {
          NodeAttestor "join_token" {
            plugin_data {}
          }
          KeyManager "disk" {
            plugin_data {
              directory = "%2$s/agent"
            }
          }
          WorkloadAttestor "unix" {
            plugin_data {}
          }
        }
        """
            .formatted(port, folder, trustDomain));
  }

  static void write(Path file, String text) {
    try {
      Files.writeString(file, text);
    } catch (IOException full) {
      throw new UncheckedIOException(full);
    }
  }
}
