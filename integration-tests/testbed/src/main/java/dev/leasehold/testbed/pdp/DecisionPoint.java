package dev.leasehold.testbed.pdp;

import dev.leasehold.testbed.server.FreePorts;
import dev.leasehold.testbed.server.MissingServerException;
import dev.leasehold.testbed.server.Program;
import dev.leasehold.testbed.server.RunFolder;
import dev.leasehold.testbed.server.ServerProcess;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A real one as a process on a port of this machine; it ends with its folder at the latest. */
public final class DecisionPoint implements AutoCloseable {
  private static final Program OPA =
      new Program("opa", "LEASEHOLD_OPA_BIN", "opa-1.22.2", List.of());
  private static final Program CERBOS =
      new Program("cerbos", "LEASEHOLD_CERBOS_BIN", "cerbos-0.55.0", List.of());

  private final HttpClient client = HttpClient.newHttpClient();
  private final URI address;
  private final ServerProcess process;

  private DecisionPoint(int port, String health, ServerProcess process) {
    this.address = URI.create("http://127.0.0.1:" + port);
    this.process = process;
    process.awaitReady("the decision point is ready", () -> answers(health));
  }

  /** Whether this machine can run both. */
  public static boolean available() {
    return OPA.find().isPresent() && CERBOS.find().isPresent();
  }

  /**
   * @param policy a file in Rego
   */
  public static DecisionPoint opa(RunFolder run, Path policy) {
    int port = FreePorts.next();
    return run.keep(
        new DecisionPoint(
            port,
            "/health",
            ServerProcess.start(
                "opa",
                run.folder("opa"),
                List.of(
                    binary(OPA, "build-opa"),
                    "run",
                    "--server",
                    "--disable-telemetry",
                    "--addr=127.0.0.1:" + port,
                    policy.toString()),
                Map.of())));
  }

  /**
   * @param policies a folder of Cerbos's policies
   */
  public static DecisionPoint cerbos(RunFolder run, Path policies) {
    int port = FreePorts.next();
    return run.keep(
        new DecisionPoint(
            port,
            "/_cerbos/health",
            ServerProcess.start(
                "cerbos",
                run.folder("cerbos"),
                List.of(
                    binary(CERBOS, "fetch-cerbos"),
                    "server",
                    "--set=server.httpListenAddr=127.0.0.1:" + port,
                    "--set=server.grpcListenAddr=127.0.0.1:" + FreePorts.next(),
                    "--set=storage.driver=disk",
                    "--set=storage.disk.directory=" + policies,
                    "--set=telemetry.disabled=true"),
                Map.of())));
  }

  private static String binary(Program program, String script) {
    return program
        .find()
        .orElseThrow(
            () ->
                new MissingServerException(
                    program.name() + " is missing. Run .ci/servers/" + script + "."))
        .toString();
  }

  private boolean answers(String health) {
    try {
      return client
              .send(
                  HttpRequest.newBuilder(address.resolve(health)).build(),
                  BodyHandlers.discarding())
              .statusCode()
          == 200;
    } catch (IOException notYet) {
      return false;
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** {@code http://127.0.0.1:port}. */
  public URI address() {
    return address;
  }

  /** Stops every thread of it: connections stay open and nothing answers. */
  public void pause() {
    process.pause();
  }

  public void resume() {
    process.resume();
  }

  @Override
  public void close() {
    process.close();
    client.close();
  }
}
