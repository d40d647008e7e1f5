package dev.leasehold.testbed.server;

import java.util.Optional;
import java.util.function.Supplier;

/**
 * One way to run a server.
 *
 * @param kind what a result from it rests on
 * @param finder a starter if this machine can run it so, cheap to ask; the starter then starts it
 */
public record Way<S extends TestServer>(
    ServerKind kind, Supplier<Optional<? extends Starter<? extends S>>> finder) {

  /** Starts the server and returns when it answers, or throws. */
  @FunctionalInterface
  public interface Starter<S extends TestServer> {
    S start();
  }

  /** A way that is always there. */
  public static <S extends TestServer> Way<S> always(
      ServerKind kind, Starter<? extends S> starter) {
    return new Way<>(kind, () -> Optional.of(starter));
  }
}
