package dev.leasehold.broker;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Of this very process: what is closed stays closed. */
final class ProcessGuardTest {
  @Test
  void noCoreIsEverDumped() throws IOException {
    // When
    ProcessGuard.close();

    // Then
    List<String> limits =
        Files.readAllLines(Path.of("/proc/self/limits")).stream()
            .filter(line -> line.startsWith("Max core file size"))
            .map(line -> line.replaceAll("\\s+", " ").strip())
            .toList();
    assertEquals(List.of("Max core file size 0 0 bytes"), limits);
  }
}
