package dev.leasehold.testbed.server;

import java.util.List;
import java.util.Map;

/** A JVM that opens a run folder with a server in it, says so, and never closes it. */
final class AbandonedRun {

  private AbandonedRun() {}

  public static void main(String[] arguments) throws InterruptedException {
    RunFolder run = RunFolder.create();
    ServerProcess server =
        run.keep(
            ServerProcess.start(
                "parent", run.folder("p"), List.of("sh", "-c", "sleep 300 & wait"), Map.of()));
    server.awaitReady(
        "the child runs",
        () -> ProcessHandle.of(server.pid()).map(p -> p.children().count() == 1).orElse(false));
    System.out.println(run.path() + " " + server.pid());
    Thread.currentThread().join();
  }
}
