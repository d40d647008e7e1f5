package dev.leasehold.broker.config.keys;

import dev.leasehold.broker.config.form.Key;
import dev.leasehold.broker.config.form.Scalars;
import dev.leasehold.broker.config.form.Section;
import java.net.URI;
import java.nio.file.Path;

/** {@code verify:} of a credential. */
public final class VerifyKeys {
  public static final Key<DestinationUrl> POSTGRESQL_URL =
      Key.required("url", Values.URL, "The database that is asked: postgresql://host:port/db.");
  public static final Key<URI> RABBITMQ_URL =
      Key.required("url", Values.WEB_URL, "The management API that is asked.");
  public static final Key<String> USERNAME =
      Key.required("username", Scalars.line("a user name"), "An account that may only look.");
  public static final Key<Path> PASSWORD =
      Key.required("password", Scalars.file("its password"), "The file that holds its password.");
  public static final Key<Path> CA =
      Key.required("ca", Scalars.file("CA certificates"), "The only authorities trusted.");
  public static final Key<Section> TLS =
      Key.optional(
          "tls",
          Section.Form.of("how the server's certificate is verified", CA),
          "How the server's certificate is verified; required where it is not on loopback.");

  public static final Key<Section> POSTGRESQL =
      Key.optional(
          "postgresql",
          Section.Form.of("a database to ask", POSTGRESQL_URL, USERNAME, PASSWORD, TLS),
          "Asks pg_roles and pg_stat_activity for the user.");
  public static final Key<Section> RABBITMQ =
      Key.optional(
          "rabbitmq",
          Section.Form.of("a management API to ask", RABBITMQ_URL, USERNAME, PASSWORD, TLS),
          "Asks RabbitMQ's management API for the user.");

  static final Section.Form FORM =
      Section.Form.of("how the target is asked", POSTGRESQL, RABBITMQ)
          .exactlyOne(POSTGRESQL, RABBITMQ);

  private VerifyKeys() {}
}
