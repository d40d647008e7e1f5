package dev.leasehold.broker.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands against a control API that answers what it is told. */
class CommandsTest {
  private static final String OPENED =
      "{\"id\":\"t1\",\"token\":\"it's-secret\",\"env\":{\"LEASEHOLD_TASK\":\"t1\","
          + "\"LEASEHOLD_TASK_TOKEN\":\"it's-secret\"}}";
  private static final List<String> RUN = List.of("--task", "restock", "--purpose", "p", "--");

  @TempDir Path folder;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private static String report(String signal, String state, String proof) {
    return "{\"id\":\"t1\",\"state\":\""
        + state
        + "\",\"signal\":\""
        + signal
        + "\",\"proof\":\""
        + proof
        + "\",\"leases\":1,\"residual\":[]}";
  }

  private static FakeControl control(String report) throws Exception {
    return new FakeControl()
        .answers("POST /v1/tasks", 201, OPENED)
        .answers("POST /v1/tasks/t1/signals?wait=30s", 200, report);
  }

  private int run(FakeControl control, String... command) {
    List<String> words = new ArrayList<>(RUN);
    words.addAll(List.of(command));
    Map<String, String> environment = new HashMap<>();
    environment.put("PATH", "/usr/bin:/bin");
    environment.put("LEASEHOLD_CONTROL", control.address());
    return RunCommand.run(words, environment, stream(out), stream(err));
  }

  private int task(FakeControl control, Map<String, String> more, String... words) {
    Map<String, String> environment = new HashMap<>(more);
    environment.put("LEASEHOLD_CONTROL", control.address());
    return TaskCommand.run(List.of(words), environment, stream(out), stream(err));
  }

  private static PrintStream stream(ByteArrayOutputStream bytes) {
    return new PrintStream(bytes, true, StandardCharsets.UTF_8);
  }

  private String said() {
    return err.toString(StandardCharsets.UTF_8);
  }

  @Test
  void programRunsWithTheTasksEnvironmentAndEndsIt() throws Exception {
    try (FakeControl control = control(report("completed", "done", "complete"))) {
      // Given
      Path seen = folder.resolve("seen");

      // When
      int status = run(control, "sh", "-c", "echo $LEASEHOLD_TASK_TOKEN > " + seen);

      // Then
      assertEquals(0, status, said());
      assertEquals("it's-secret\n", Files.readString(seen));
      assertEquals(
          List.of(
              "1 POST /v1/tasks {\"kind\":\"restock\",\"purpose\":\"p\",\"endpoints\":[\"proxy\"],"
                  + "\"hold\":true}",
              "1 POST /v1/tasks/t1/signals?wait=30s {\"type\":\"completed\",\"reason\":\"the"
                  + " program ended with status 0\"}"),
          control.calls());
      assertEquals("", said());
    }
  }

  @Test
  void callerWithATokenAsksForNoAddressThatServesAUidOnly() throws Exception {
    try (FakeControl control = control(report("completed", "done", "complete"))) {
      // Given
      Path token = Files.writeString(folder.resolve("token"), "caller-token");
      List<String> words = new ArrayList<>(List.of("--token-file", token.toString()));
      words.addAll(RUN);
      words.add("true");
      Map<String, String> environment =
          Map.of("PATH", "/usr/bin:/bin", "LEASEHOLD_CONTROL", control.address());

      // When
      int status = RunCommand.run(words, environment, stream(out), stream(err));

      // Then
      assertEquals(0, status, said());
      assertFalse(control.calls().getFirst().contains("endpoints"));
    }
  }

  @Test
  void programsStatusIsOursAndDecidesTheSignal() throws Exception {
    try (FakeControl control = control(report("failed", "done", "complete"))) {
      assertEquals(3, run(control, "sh", "-c", "exit 3"));
      assertTrue(control.calls().getLast().contains("\"type\":\"failed\""));
      assertEquals(143, run(control, "sh", "-c", "kill -TERM $$"));
      assertTrue(control.calls().getLast().contains("\"type\":\"cancelled\""));
    }
  }

  @Test
  void programThatCannotBeStartedEndsTheTaskAsFailed() throws Exception {
    try (FakeControl control = control(report("failed", "done", "complete"))) {
      // Given
      Path plain = Files.writeString(folder.resolve("plain"), "no program");

      // Then
      assertEquals(127, run(control, folder.resolve("missing").toString()));
      assertEquals(126, run(control, plain.toString()));
      assertTrue(control.calls().getLast().contains("\"type\":\"failed\""));
    }
  }

  @Test
  void missingProofIsWarnedOfAndChangesNoStatus() throws Exception {
    try (FakeControl control = control(report("completed", "verifying", "pending"))) {
      assertEquals(0, run(control, "true"));
      assertTrue(said().contains("not proven yet"), said());
    }
  }

  @Test
  void earlierEndIsSaid() throws Exception {
    try (FakeControl control = control(report("revoked", "done", "complete"))) {
      assertEquals(0, run(control, "true"));
      assertTrue(said().contains("ended before: revoked"), said());
    }
  }

  @Test
  void taskThatCannotBeOpenedRunsNothing() throws Exception {
    try (FakeControl control =
        new FakeControl()
            .answers(
                "POST /v1/tasks",
                401,
                "{\"type\":\"urn:leasehold:problem:unauthorized\",\"status\":401,\"detail\":\"no"
                    + " entry\",\"rule\":\"control.callers\",\"hint\":\"an operator must add the"
                    + " uid\"}")) {
      // Given
      Path seen = folder.resolve("seen");

      // When
      int status = run(control, "touch", seen.toString());

      // Then
      assertEquals(125, status);
      assertFalse(Files.exists(seen));
      assertTrue(said().contains("401 unauthorized"), said());
      assertTrue(said().contains("an operator must add the uid"), said());
    }
  }

  @Test
  void openedTaskIsGivenAsAShellTakesIt() throws Exception {
    try (FakeControl control = control("")) {
      assertEquals(0, task(control, Map.of(), "open", "--task", "restock", "--purpose", "p"));
      assertEquals(
          "export LEASEHOLD_TASK='t1'\nexport LEASEHOLD_TASK_TOKEN='it'\\''s-secret'\n",
          out.toString(StandardCharsets.UTF_8));
    }
  }

  @Test
  void ownTaskIsEndedWithItsOwnToken() throws Exception {
    try (FakeControl control =
        new FakeControl()
            .answers("POST /v1/tasks/t1/signals", 202, report("completed", "fenced", "pending"))) {
      // Given
      Map<String, String> own = Map.of("LEASEHOLD_TASK", "t1", "LEASEHOLD_TASK_TOKEN", "tok");

      // When
      int status = task(control, own, "end");

      // Then
      assertEquals(0, status, said());
      assertEquals(
          List.of("1 POST /v1/tasks/t1/signals Bearer tok {\"type\":\"completed\"}"),
          control.calls());
    }
  }

  @Test
  void listedPurposeCannotSteerTheTerminal() throws Exception {
    try (FakeControl control =
        new FakeControl()
            .answers(
                "GET /v1/tasks", 200, "{\"tasks\":[{\"id\":\"t1\",\"purpose\":\"a\\u001bb\"}]}")) {
      assertEquals(0, task(control, Map.of(), "list"));
      assertTrue(out.toString(StandardCharsets.UTF_8).contains("a?b"));
    }
  }

  @Test
  void missingSocketAndForeignMachinesAreNamed() throws Exception {
    try (FakeControl control = control("")) {
      assertEquals(
          69, task(control, Map.of(), "list", "--control", "unix:" + folder.resolve("no")));
      assertTrue(said().contains("there is no socket"), said());
      for (String wrong :
          List.of("http://192.0.2.1:80", "http://example.org:80", "https://127.0.0.1:1", "x")) {
        assertEquals(64, task(control, Map.of(), "list", "--control", wrong), wrong);
      }
    }
  }

  @Test
  void wordsThatMakeNoSenseAreUsage() throws Exception {
    try (FakeControl control = control("")) {
      assertEquals(64, task(control, Map.of(), "open", "--task", "restock"));
      assertEquals(64, task(control, Map.of(), "end", "../access"));
      assertEquals(64, task(control, Map.of(), "list", "--unknown"));
      assertEquals(64, run(control));
      assertEquals(List.of(), control.calls());
    }
  }
}
