package dev.leasehold.suite.contract;

import dev.leasehold.testbed.server.MissingServerException;
import dev.leasehold.testbed.server.RunFolder;
import dev.leasehold.testbed.server.ServerKind;
import dev.leasehold.testbed.server.Setting;
import dev.leasehold.testbed.server.TestServer;
import dev.leasehold.testbed.server.Way;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/** Every way that this machine has to run one server, for a contract to be run on each. */
final class Ways {

  private Ways() {}

  /** A server with the folder that it runs in. */
  record Running<S extends TestServer>(S server, RunFolder run) implements AutoCloseable {

    @Override
    public void close() {
      run.close();
    }

    @Override
    public String toString() {
      return server.kind().toString();
    }
  }

  /**
   * Started one after another. The ways that are absent are printed; an absent product fails where
   * {@code CI} or {@code LEASEHOLD_REQUIRE_REAL} demands it.
   */
  static <S extends TestServer> Stream<Running<S>> each(
      String name, Function<RunFolder, List<Way<S>>> ways) {
    return Stream.of(ServerKind.values()).flatMap(kind -> start(name, kind, ways).stream());
  }

  /** In this way, if the machine has it. */
  static <S extends TestServer> Optional<Running<S>> start(
      String name, ServerKind kind, Function<RunFolder, List<Way<S>>> ways) {
    RunFolder run = RunFolder.create();
    for (Way<S> way : ways.apply(run)) {
      if (way.kind() == kind) {
        Optional<? extends Way.Starter<? extends S>> found = way.finder().get();
        if (found.isPresent()) {
          S server = found.get().start();
          System.out.println("contract: " + server.describe());
          return Optional.of(new Running<>(server, run));
        }
        absent(name, kind);
      }
    }
    run.close();
    return Optional.empty();
  }

  private static void absent(String name, ServerKind kind) {
    Optional<String> demand = Setting.realDemandedBy();
    if (kind == ServerKind.REAL && demand.isPresent()) {
      throw new MissingServerException("The contract needs " + name + ": " + demand.get());
    }
    System.out.println("contract: no " + kind + " " + name + " on this machine, not compared");
  }
}
