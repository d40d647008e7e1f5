package dev.leasehold.suite.sidecar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.leasehold.testbed.server.Account;
import dev.leasehold.testbed.sidecar.Distribution;
import dev.leasehold.testbed.sidecar.Ran;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The folder that is shipped. */
class DistributionIT {

  @Test
  void theLauncherTellsItsVersion() {
    Ran ran =
        Ran.command(Distribution.built().command(Account.uid(), List.of("version")), Map.of());
    assertEquals(0, ran.status(), ran.err());
    assertTrue(ran.out().contains("leasehold 0."), ran.out());
  }

  @Test
  void nothingOfTheTestsIsShipped() throws IOException {
    try (Stream<Path> jars = Files.list(Distribution.built().home().resolve("lib"))) {
      List<String> strays =
          jars.map(jar -> jar.getFileName().toString())
              .filter(name -> name.matches(".*(junit|testcontainers|testbed|zonky|errorprone).*"))
              .toList();
      assertEquals(List.of(), strays);
    }
  }
}
