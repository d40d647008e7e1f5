package dev.leasehold.broker.config.keys;

import dev.leasehold.broker.config.form.Key;
import dev.leasehold.broker.config.form.Scalars;
import dev.leasehold.broker.config.form.Section;
import dev.leasehold.broker.vault.VaultConfig.Method;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** {@code vault:} */
public final class VaultKeys {
  public static final Key<Method> METHOD =
      Key.required(
          "method",
          Scalars.word(List.of(Method.values())),
          "How the sidecar proves itself: its X.509-SVID over mutual TLS, or a JWT-SVID.");
  public static final Key<String> MOUNT =
      Key.required("mount", Values.MOUNT, "Where the auth method is mounted in Vault.");
  public static final Key<String> LOGIN_ROLE =
      Key.required(
          "role", Values.ROLE, "The auth role, matched to exactly this sidecar's SPIFFE ID.");
  public static final Key<String> AUDIENCE =
      Key.optional(
          "audience",
          Scalars.line("the audience of the JWT-SVID"),
          "The JWT-SVID's audience; required with method jwt, and belongs to it only.");
  public static final Key<Duration> LOGIN_TTL =
      Key.optional(
          "ttl",
          Scalars.duration(Duration.ofMinutes(1), Values.MONTH),
          "Life of one login; must be longer than the longest task. Without it twice the longest"
              + " kind's ttl and one hour.");

  public static final Key<String> HEARTBEAT_ROLE =
      Key.required("role", Values.ROLE, "The token role that the heartbeat token is made by.");
  public static final Key<Duration> HEARTBEAT_TTL =
      Key.defaulted(
          "ttl",
          Scalars.duration(Duration.ofSeconds(5), Duration.ofMinutes(10)),
          "90s",
          "How long anything outlives a sidecar that was killed.");

  public static final Key<URI> ADDRESS =
      Key.required("address", Values.VAULT_ADDRESS, "Where Vault's active node answers.");
  public static final Key<Optional<Path>> CA =
      Key.required(
          "ca",
          Scalars.fileOr("spiffe", "Vault's CA certificates"),
          "What proves Vault: a file of PEM certificates, or its SVID.");
  public static final Key<String> SERVER_ID =
      Key.optional(
          "server-id",
          Values.SPIFFE_ID,
          "Vault's own SPIFFE ID; required with ca: spiffe, and belongs to it only.");
  public static final Key<Section> LOGIN =
      Key.required(
          "login",
          Section.Form.of("how to log in", METHOD, MOUNT, LOGIN_ROLE, AUDIENCE, LOGIN_TTL),
          "How a generation of tokens begins.");
  public static final Key<Section> HEARTBEAT =
      Key.required(
          "heartbeat",
          Section.Form.of("the heartbeat token", HEARTBEAT_ROLE, HEARTBEAT_TTL),
          "The token that must be kept alive for all tasks below it to live.");

  static final Section.Form FORM =
      Section.Form.of("how to reach Vault", ADDRESS, CA, SERVER_ID, LOGIN, HEARTBEAT);

  private VaultKeys() {}
}
