package dev.leasehold.testbed.server;

import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which way of running a server is taken, out of those that the machine has. The ways are tried in
 * the order in which a server lists them: a process, a container, embedded.
 *
 * <p>Where the environment says {@code CI=true} or {@code LEASEHOLD_REQUIRE_REAL=true}, the real
 * product is demanded and a stand-in never takes its place silently.
 */
public final class Servers {

  private final Set<ServerKind> allowed;
  private final @Nullable String demandedBy;

  private Servers(Set<ServerKind> allowed, @Nullable String demandedBy) {
    this.allowed = allowed;
    this.demandedBy = demandedBy;
  }

  /**
   * What {@code LEASEHOLD_SERVERS} names ({@code real}, {@code container} or {@code embedded}),
   * else the real ones with the embedded ones in their place where they are absent.
   */
  public static Servers fromEnvironment() {
    String named = Setting.of("LEASEHOLD_SERVERS").orElse("real");
    return prefer(ServerKind.valueOf(named.toUpperCase(Locale.ROOT)));
  }

  /**
   * {@code REAL}: the first way that exists. {@code CONTAINER} and {@code EMBEDDED}: that way and
   * no other, even where the real product is demanded, since the caller asked for it by name.
   */
  public static Servers prefer(ServerKind kind) {
    if (kind != ServerKind.REAL) {
      return new Servers(EnumSet.of(kind), null);
    }
    return Setting.realDemandedBy()
        .map(by -> new Servers(EnumSet.of(ServerKind.REAL, ServerKind.CONTAINER), by))
        .orElseGet(() -> new Servers(EnumSet.allOf(ServerKind.class), null));
  }

  /** The real process or nothing: for what no stand-in can show. */
  public static Servers onlyReal() {
    return new Servers(EnumSet.of(ServerKind.REAL), Setting.realDemandedBy().orElse(null));
  }

  /**
   * Starts the first allowed way.
   *
   * @param name of the product, for the message
   * @param install how to get it, one imperative sentence
   * @throws MissingServerException when no allowed way is there
   */
  public <S extends TestServer> S start(String name, String install, List<Way<S>> ways) {
    return find(ways).orElseThrow(() -> missing(name, install)).start();
  }

  /** Whether {@link #start} would find a way. */
  public <S extends TestServer> boolean has(List<Way<S>> ways) {
    return find(ways).isPresent();
  }

  private <S extends TestServer> Optional<Way.Starter<? extends S>> find(List<Way<S>> ways) {
    for (Way<S> way : ways) {
      if (allowed.contains(way.kind())) {
        Optional<? extends Way.Starter<? extends S>> starter = way.finder().get();
        if (starter.isPresent()) {
          return Optional.of(starter.get());
        }
      }
    }
    return Optional.empty();
  }

  private MissingServerException missing(String name, String install) {
    String demand = demandedBy == null ? "" : ", and " + demandedBy + " demands the real one";
    return new MissingServerException(
        name + " is missing (allowed here: " + allowed + demand + "). " + install);
  }
}
