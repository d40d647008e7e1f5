package dev.leasehold.testbed.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class DeathWatchTest {

  @Test
  void killedJvmLeavesNeitherServersNorItsFolder() throws IOException {
    // Given
    Process jvm =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                AbandonedRun.class.getName())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    List<ProcessHandle> servers;
    Path folder;
    try (BufferedReader out =
        new BufferedReader(new InputStreamReader(jvm.getInputStream(), UTF_8))) {
      String[] said = out.readLine().split(" ", -1);
      folder = Path.of(said[0]);
      ProcessHandle server = ProcessHandle.of(Long.parseLong(said[1])).orElseThrow();
      servers = Stream.concat(Stream.of(server), server.descendants()).toList();
      assertEquals(2, servers.size());
      assertTrue(Files.isDirectory(folder));

      // When
      jvm.destroyForcibly();
    }

    // Then
    Await.until("the folder is gone", () -> Files.notExists(folder));
    Await.until("its servers are gone", () -> servers.stream().noneMatch(ProcessHandle::isAlive));
  }

  @Test
  void folderClosedInOrderEndsItsWatch() {
    // Given
    List<ProcessHandle> before = ProcessHandle.current().children().toList();
    RunFolder run = RunFolder.create();
    List<ProcessHandle> watches =
        ProcessHandle.current().children().filter(child -> !before.contains(child)).toList();
    assertEquals(1, watches.size());

    // When
    run.close();

    // Then
    Await.until("the watch is gone", () -> watches.stream().noneMatch(ProcessHandle::isAlive));
  }
}
