package dev.leasehold.testbed.quickstart;

import dev.leasehold.testbed.server.MissingServerException;
import dev.leasehold.testbed.server.ServerKind;
import dev.leasehold.testbed.server.Servers;
import dev.leasehold.testbed.sidecar.Sidecar;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Runs the quick start: {@code QuickStart <project folder> [--real] [--stay]}. Status 0 only if
 * every claim that it printed was checked.
 */
public final class QuickStart {
  private static final int UNAVAILABLE = 69;
  private static final int LOG_LINES = 30;

  /** Kept, since a logger that nobody holds loses its level. It warns of what does not matter. */
  private static final Logger GRPC = Logger.getLogger("io.grpc");

  private QuickStart() {}

  public static void main(String[] arguments) {
    GRPC.setLevel(Level.SEVERE);
    Set<String> options = Set.of(Arrays.copyOfRange(arguments, 1, arguments.length));
    Servers servers =
        options.contains("--real") ? Servers.onlyReal() : Servers.prefer(ServerKind.EMBEDDED);
    System.exit(run(Path.of(arguments[0]), servers, options.contains("--stay"), System.out));
  }

  /**
   * Tells the story.
   *
   * @return 0 when every claim held, 69 when a server that was asked for is missing, else 1
   */
  public static int run(Path project, Servers servers, boolean stay, PrintStream out) {
    Narrator narrator = new Narrator(out);
    try {
      Stage stage = Stage.build(project, servers);
      try {
        Sidecar sidecar = new Story(stage, narrator).tell();
        if (stay) {
          stay(stage, narrator, sidecar);
        }
        int status = sidecar.stop();
        narrator.claim("Leasehold stops when told to, with status 0", () -> status == 0);
      } catch (RuntimeException failed) {
        narrator.say("Leasehold's log ends with:");
        narrator.output(end(stage.folder().resolve("log/leasehold.log")));
        throw failed;
      } finally {
        stage.testbed().close();
      }
      narrator.say("");
      narrator.say("Done: " + narrator.claims() + " claims, each of them checked.");
      return 0;
    } catch (MissingServerException missing) {
      System.err.println(missing.getMessage());
      return UNAVAILABLE;
    } catch (Narrator.ClaimFailed failed) {
      return 1;
    } catch (IOException | RuntimeException failed) {
      System.err.println("the quick start failed: " + failed.getMessage());
      return 1;
    }
  }

  private static String end(Path log) throws IOException {
    if (!Files.exists(log)) {
      return "(it has not started)";
    }
    List<String> lines = Files.readAllLines(log);
    return String.join("\n", lines.subList(Math.max(0, lines.size() - LOG_LINES), lines.size()));
  }

  private static void stay(Stage stage, Narrator narrator, Sidecar sidecar) {
    narrator.step("Everything stays up until Ctrl-C");
    narrator.say("proxy      127.0.0.1:" + stage.proxyPort());
    narrator.say("health     http://127.0.0.1:" + stage.adminPort() + "/readyz");
    narrator.say("metrics    http://127.0.0.1:" + stage.adminPort() + "/metrics");
    narrator.say(
        "task API   " + stage.controlAddress() + " (uid " + stage.accounts().agent() + ")");
    narrator.say("audit log  " + stage.auditFile());
    narrator.say("Vault      " + stage.testbed().vault().address());
    narrator.say("config     " + stage.config());
    narrator.say("leasehold  " + stage.distribution().home().resolve("bin/leasehold"));
    sidecar.awaitEnd();
  }
}
