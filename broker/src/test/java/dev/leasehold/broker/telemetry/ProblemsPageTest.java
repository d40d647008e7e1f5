package dev.leasehold.broker.telemetry;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The page that agents are sent to knows every refusal. */
final class ProblemsPageTest {
  private static final Path PAGE = Path.of("..", "docs", "problems.md");

  @ParameterizedTest
  @EnumSource(Problem.class)
  void problemIsExplainedWithItsStatus(Problem problem) throws Exception {
    // Given
    String page = Files.readString(PAGE);

    // When
    boolean explained =
        page.lines()
            .anyMatch(line -> line.startsWith("| `" + problem.word() + "` | " + problem.status()));

    // Then
    assertTrue(explained, problem.word());
  }
}
