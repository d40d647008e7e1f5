package dev.leasehold.suite.sidecar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.leasehold.testbed.quickstart.QuickStart;
import dev.leasehold.testbed.server.ServerKind;
import dev.leasehold.testbed.server.Servers;
import dev.leasehold.testbed.sidecar.Distribution;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** The quick start's story holds on stand-ins, and on the real servers where there are some. */
class QuickStartIT {

  @Test
  void theStoryHoldsOnStandIns() {
    assertTold(Servers.prefer(ServerKind.EMBEDDED));
  }

  @Test
  void theStoryHoldsOnWhatThisMachineHas() {
    assertTold(Servers.fromEnvironment());
  }

  private static void assertTold(Servers servers) {
    ByteArrayOutputStream story = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(story, true, StandardCharsets.UTF_8);
    int status = QuickStart.run(Distribution.project(), servers, false, out);
    String text = story.toString(StandardCharsets.UTF_8);
    assertEquals(0, status, text);
    assertTrue(text.contains("the API refuses them: 401"), text);
  }
}
