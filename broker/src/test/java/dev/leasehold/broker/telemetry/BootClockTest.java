package dev.leasehold.broker.telemetry;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class BootClockTest {

  @Test
  @EnabledOnOs(OS.LINUX)
  void readingIsTheTimeSinceBootAsTheKernelTellsIt() throws IOException {
    // Given
    BootClock clock = BootClock.system();

    // When
    double before = uptime();
    double read = clock.nanos() / 1e9;
    double after = uptime();

    // Then: the file is cut off at hundredths of a second
    assertTrue(before <= read && read <= after + 0.01, before + " " + read + " " + after);
  }

  private static double uptime() throws IOException {
    return Double.parseDouble(Files.readString(Path.of("/proc/uptime")).split(" ", 2)[0]);
  }
}
