package dev.leasehold.broker.vault;

import dev.leasehold.broker.identity.ServerTrust;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/**
 * How to reach Vault and who we are there.
 *
 * @param address {@code https://host:port} of the active node
 * @param trust what Vault's certificate must prove
 * @param login how a generation begins
 * @param heartbeat the token that must be kept alive for the tasks below it to live
 * @param longestTask the longest ttl of all kinds; a generation with less life than this takes no
 *     new task
 * @param timeouts how long each sort of call may take
 * @param parallelCalls how many calls may be under way at once
 */
public record VaultConfig(
    URI address,
    ServerTrust trust,
    Login login,
    Heartbeat heartbeat,
    Duration longestTask,
    Timeouts timeouts,
    int parallelCalls) {

  public static final int DEFAULT_PARALLEL_CALLS = 32;

  /** How a sidecar proves itself. */
  public enum Method {
    /** The X.509-SVID, over mutual TLS. */
    CERT,
    /** A JWT-SVID for one audience. */
    JWT
  }

  /**
   * The login of one generation.
   *
   * @param mount API path of the auth method, such as {@code auth/cert}
   * @param role auth role, matched to exactly our SPIFFE ID
   * @param audience of the JWT-SVID; present with {@link Method#JWT} only
   * @param ttl life of the login token; never renewed
   */
  public record Login(
      Method method, String mount, String role, Optional<String> audience, Duration ttl) {
    public Login {
      requirePath("login.mount", mount);
      requireName("login.role", role);
      if (audience.isPresent() != (method == Method.JWT)) {
        throw new IllegalArgumentException(
            "login.audience belongs to method jwt, and is needed there");
      }
      requirePositive("login.ttl", ttl);
    }

    /** Name of the one policy that a login token has. */
    public String policy() {
      return role + "-login";
    }

    /** Life of a login token when the configuration names none. */
    public static Duration defaultTtl(Duration longestTask) {
      return longestTask.multipliedBy(2).plusHours(1);
    }
  }

  /**
   * The heartbeat token.
   *
   * @param role its token role
   * @param ttl how long everything outlives a sidecar that was killed; 5 s to 10 min
   */
  public record Heartbeat(String role, Duration ttl) {
    private static final Duration SHORTEST = Duration.ofSeconds(5);
    private static final Duration LONGEST = Duration.ofMinutes(10);

    public Heartbeat {
      requireName("heartbeat.role", role);
      if (ttl.compareTo(SHORTEST) < 0 || ttl.compareTo(LONGEST) > 0) {
        throw new IllegalArgumentException("heartbeat.ttl must be between 5s and 10m");
      }
    }

    /** Name of the one policy that a heartbeat token has. */
    public String policy() {
      return role;
    }
  }

  /**
   * Bounds in time, each for one attempt from its start to the last byte of the answer.
   *
   * @param connect TCP and TLS
   * @param call anything not named below
   * @param read fetching a credential: the engine may have to ask another system
   * @param revoke a revocation that waits for the engine
   */
  public record Timeouts(Duration connect, Duration call, Duration read, Duration revoke) {
    public static final Timeouts DEFAULT =
        new Timeouts(
            Duration.ofSeconds(3),
            Duration.ofSeconds(5),
            Duration.ofSeconds(30),
            Duration.ofSeconds(15));

    public Timeouts {
      requirePositive("timeouts.connect", connect);
      requirePositive("timeouts.call", call);
      requirePositive("timeouts.read", read);
      requirePositive("timeouts.revoke", revoke);
    }
  }

  public VaultConfig {
    if (!"https".equals(address.getScheme()) || address.getHost() == null) {
      throw new IllegalArgumentException("address must be https://host:port");
    }
    requirePositive("longest task", longestTask);
    if (parallelCalls < 1) {
      throw new IllegalArgumentException("parallel calls must be at least 1");
    }
  }

  private static void requirePositive(String what, Duration value) {
    if (!value.isPositive()) {
      throw new IllegalArgumentException(what + " must be longer than nothing");
    }
  }

  private static void requirePath(String what, String value) {
    if (!value.matches("[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*")) {
      throw new IllegalArgumentException(what + " must be an API path such as auth/cert");
    }
  }

  private static void requireName(String what, String value) {
    if (!value.matches("[A-Za-z0-9_-]+")) {
      throw new IllegalArgumentException(what + " must be letters, digits, '-' and '_'");
    }
  }
}
