package dev.leasehold.broker;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.leasehold.broker.task.DefaultTaskConfig;
import java.io.IOException;
import org.junit.jupiter.api.Test;

final class DefaultTaskLifeTest {
  private static final DefaultTaskConfig ROOTS = new DefaultTaskConfig("report", "anything", 0);

  @Test
  void sidecarsOwnUserIsRefusedUnlessThatIsAskedFor() {
    IOException refusal =
        assertThrows(IOException.class, () -> DefaultTaskLife.requireAnotherUser(ROOTS, 0, false));
    assertTrue(String.valueOf(refusal.getMessage()).contains("control.unsafe-same-uid"));
    assertDoesNotThrow(() -> DefaultTaskLife.requireAnotherUser(ROOTS, 0, true));
    assertDoesNotThrow(() -> DefaultTaskLife.requireAnotherUser(ROOTS, 1001, false));
  }
}
