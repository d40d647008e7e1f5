package dev.leasehold.testbed.rabbitmq;

import dev.leasehold.testbed.server.TestServer;
import java.net.URI;
import java.util.List;

/** A RabbitMQ whose management API is the foreign HTTP service of the tests. */
public interface RabbitServer extends TestServer {

  /** {@code http://127.0.0.1:port}, where {@code /api} lies. */
  URI management();

  String adminUser();

  String adminPassword();

  /** The names of all users, as the broker itself lists them. */
  List<String> users();
}
