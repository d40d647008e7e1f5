package dev.leasehold.testbed.rabbitmq;

import dev.leasehold.testbed.server.TestServer;
import java.net.URI;
import java.util.List;

/** A RabbitMQ whose management API is the foreign HTTP service of the tests. */
public interface RabbitServer extends TestServer {

  /** {@code http://127.0.0.1:port}, where {@code /api} lies. */
  URI management();

  /** The same over TLS, {@code https://127.0.0.1:port}, with the certificate that it was given. */
  URI secureManagement();

  String adminUser();

  String adminPassword();

  /** The names of all users, as the broker itself lists them. */
  List<String> users();

  /**
   * Makes a user.
   *
   * @param tag what it may do in the management API, such as {@code administrator}
   */
  void addUser(String name, String password, String tag);
}
