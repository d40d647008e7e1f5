package dev.leasehold.suite.sidecar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.leasehold.testbed.Testbed;
import dev.leasehold.testbed.VaultMounts;
import dev.leasehold.testbed.server.Await;
import dev.leasehold.testbed.sidecar.Ran;
import dev.leasehold.testbed.target.DemoApi;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code leasehold run}: a program, its task, and how the one ends with the other. */
class RunIT {
  private static final Testbed TESTBED = SharedTestbed.get();

  /** Tells its pid, and lives until somebody ends it. */
  private static final String LIVES_ON = "echo $$; exec sleep 600";

  private static DemoApi api;
  private static Rig rig;

  @TempDir private Path folder;

  @BeforeAll
  static void start() {
    api = DemoApi.start(TESTBED.database());
    rig = new Rig(TESTBED).rules(OrdersRules.of(api.address(), VaultMounts.DATABASE_ROLE)).start();
  }

  @AfterAll
  static void stop() {
    rig.close();
    api.close();
  }

  /** With the agent's token, for a purpose that the task can be found by. */
  private static List<String> run(String purpose, String... program) {
    List<String> words = new ArrayList<>(List.of("run", "--task", "restock"));
    words.addAll(List.of("--purpose", purpose));
    words.addAll(List.of("--control", "http://127.0.0.1:" + rig.controlPort()));
    words.addAll(List.of("--token-file", rig.folder().resolve("agent.token").toString(), "--"));
    words.addAll(List.of(program));
    return words;
  }

  private static Ran ran(List<String> words) {
    return rig.leasehold(Map.of(), words.toArray(String[]::new));
  }

  /** The one task that was opened for this purpose. */
  private static JsonObject task(String purpose) {
    List<JsonObject> tasks =
        rig
            .operator()
            .call("GET", "/v1/tasks", new JsonObject())
            .expect(200)
            .body()
            .getJsonArray("tasks")
            .stream()
            .map(JsonObject.class::cast)
            .filter(task -> task.getString("purpose").equals(purpose))
            .toList();
    assertEquals(1, tasks.size(), tasks.toString());
    return tasks.getFirst();
  }

  private static void assertEnded(String purpose, String signal) {
    JsonObject task = task(purpose);
    assertEquals("done", task.getString("state"), task.encode());
    assertEquals(signal, task.getString("signal"), task.encode());
  }

  @Test
  void aProgramCallsTheApiAndItsEndIsTheTasks() {
    // When
    Ran ran = ran(run("calls", "curl", "-sS", "--fail", api.address() + "/orders"));

    // Then
    assertEquals(0, ran.status(), ran.err());
    assertTrue(ran.out().contains("anvil"), ran.out());
    rig.lastCredential(api);
    rig.secrets().assertAbsentFrom("what the program and run printed", ran.out() + ran.err());
    assertEnded("calls", "completed");
    assertEquals(
        List.of(), TESTBED.vaultAdmin().leases("database/creds/" + VaultMounts.DATABASE_ROLE));
  }

  @Test
  void aProgramThatFailsFailsItsTask() {
    assertEquals(7, ran(run("fails", "sh", "-c", "exit 7")).status());
    assertEnded("fails", "failed");
  }

  @Test
  void aSignalReachesTheProgramAndCancelsTheTask() throws Exception {
    assertEquals(128 + 15, signalled("TERM"));
    assertEnded("TERM", "cancelled");
    assertEquals(128 + 2, signalled("INT"));
    assertEnded("INT", "cancelled");
  }

  @Test
  void aProgramMayCatchTheSignalAndCompleteItsTask() throws Exception {
    String script = "sleep 600 & trap 'kill $!; exit 0' TERM; echo $$; wait";
    assertEquals(0, signalled("TERM", "catches", script));
    assertEnded("catches", "completed");
  }

  private int signalled(String signal) throws Exception {
    return signalled(signal, signal, LIVES_ON);
  }

  /** Signals {@code leasehold run} once its program says that it runs, and returns the status. */
  private int signalled(String signal, String purpose, String script) throws Exception {
    Process run = started(purpose, script);
    try {
      Ran.command(List.of("kill", "-" + signal, Long.toString(run.pid())), Map.of()).orThrow();
      assertTrue(run.waitFor(60, TimeUnit.SECONDS), "it ends");
      return run.exitValue();
    } finally {
      killProgram(purpose);
      run.destroyForcibly();
    }
  }

  /** The script prints its pid first. */
  private Process started(String purpose, String script) throws IOException {
    // Whoever starts the tests may have signals ignored, as nohup and a shell's & do.
    List<String> command = new ArrayList<>(List.of("env", "--default-signal=INT,TERM,HUP"));
    command.addAll(rig.command(run(purpose, "sh", "-c", script)));
    Process run = Ran.start(command, Map.of(), folder.resolve(purpose));
    Await.until(
        "the program runs",
        () -> {
          assertTrue(run.isAlive(), () -> read(folder.resolve(purpose)));
          return read(folder.resolve(purpose)).contains("\n");
        });
    return run;
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException notYet) {
      return "";
    }
  }

  private void killProgram(String purpose) {
    String pid = read(folder.resolve(purpose)).lines().findFirst().orElseThrow();
    ProcessHandle.of(Long.parseLong(pid)).ifPresent(ProcessHandle::destroyForcibly);
  }

  @Test
  void theTaskEndsWithRunEvenIfThatIsKilled() throws Exception {
    Process run = started("killed", LIVES_ON);
    try {
      assertEquals("active", task("killed").getString("state"));
      run.destroyForcibly().waitFor();
      Await.until("the task is ended", () -> task("killed").getString("state").equals("done"));
      assertEnded("killed", "closed");
    } finally {
      killProgram("killed");
    }
  }

  @Test
  void aProgramThatCannotBeStartedFailsItsTask() throws IOException {
    Path plain = Files.writeString(folder.resolve("plain"), "no program");
    assertEquals(127, ran(run("missing", "no-such-program")).status());
    assertEnded("missing", "failed");
    assertEquals(126, ran(run("plain", plain.toString())).status());
    assertEnded("plain", "failed");
  }

  @Test
  void withoutATaskTheProgramDoesNotRun() {
    Path made = folder.resolve("made");
    List<String> refused = run("refused", "touch", made.toString());
    refused.set(refused.indexOf("restock"), "nonsense");
    Ran ran = ran(refused);
    assertEquals(125, ran.status(), ran.err());
    assertFalse(Files.exists(made));
  }
}
