package dev.leasehold.broker.lease;

import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;

/** Where a credential is used, and how to ask there whether it is gone; passwords stay in files. */
public sealed interface VerifierConfig {

  /**
   * A login that may read {@code pg_roles} and {@code pg_stat_activity}.
   *
   * @param ca authorities of the server's certificate; without it the connection is not encrypted
   */
  record Postgresql(
      String host, int port, String database, String username, Path passwordFile, Optional<Path> ca)
      implements VerifierConfig {}

  /**
   * A user of RabbitMQ's management API with the tag {@code administrator}.
   *
   * @param url {@code http(s)://host:port}
   * @param ca authorities of the server's certificate; empty: the system's
   */
  record Rabbitmq(URI url, String username, Path passwordFile, Optional<Path> ca)
      implements VerifierConfig {
    public Rabbitmq {
      if (url.getHost() == null
          || !("http".equals(url.getScheme()) || "https".equals(url.getScheme()))) {
        throw new IllegalArgumentException("url must be http(s)://host:port");
      }
    }
  }
}
