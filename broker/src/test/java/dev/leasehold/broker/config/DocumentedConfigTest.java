package dev.leasehold.broker.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Nobody copies a configuration out of this project that does not load. */
class DocumentedConfigTest {
  private static final Pattern BLOCK = Pattern.compile("```yaml\\n(.*?)```", Pattern.DOTALL);

  @Test
  void everyExampleLoadsWithoutAnyWarningButOfDatabases() throws IOException {
    // Given
    List<Path> examples = Examples.files();
    assertTrue(examples.size() >= 2, examples.toString());

    for (Path example : examples) {
      // When
      LoadResult result = ConfigLoader.load(example, new FakeMachine());

      // Then
      assertEquals(List.of(), Sample.errors(result), example.toString());
      assertEquals(List.of(), result.warnings(), example.toString());
    }
  }

  @Test
  void everyWholeConfigurationInTheDocumentationLoads() throws IOException {
    // Given
    List<String> whole = new ArrayList<>();
    for (Path page : pages()) {
      Matcher blocks = BLOCK.matcher(Files.readString(page));
      while (blocks.find()) {
        if (blocks.group(1).contains("apiVersion:")) {
          whole.add(blocks.group(1));
        }
      }
    }
    assertFalse(whole.isEmpty());

    for (String yaml : whole) {
      // Then
      assertEquals(List.of(), Sample.errors(yaml), yaml);
    }
  }

  /** A piece of a configuration stands for keys of the sample, and replaces them there. */
  @Test
  void everyPieceInTheReferencePageFitsIntoAConfiguration() throws IOException {
    // Given
    Matcher blocks =
        BLOCK.matcher(Files.readString(Examples.ROOT.resolve("docs/configuration.md")));
    int pieces = 0;
    while (blocks.find()) {
      String piece = blocks.group(1);
      if (!piece.contains("apiVersion:")) {
        pieces++;

        // Then
        assertEquals(List.of(), Sample.errors(replaceTop(Sample.text(), piece)), piece);
      }
    }
    assertTrue(pieces >= 3);
  }

  private static String replaceTop(String whole, String piece) {
    String rest = whole;
    for (String key : topKeys(piece)) {
      rest = rest.replaceAll("(?m)^" + Pattern.quote(key) + ":.*\\n(^[ \\t]+.*\\n?)*", "");
    }
    return rest + "\n" + piece;
  }

  private static List<String> topKeys(String yaml) {
    return Pattern.compile("(?m)^([a-z-]+):")
        .matcher(yaml)
        .results()
        .map(found -> found.group(1))
        .toList();
  }

  private static List<Path> pages() throws IOException {
    try (Stream<Path> docs = Files.walk(Examples.ROOT.resolve("docs"));
        Stream<Path> examples = Files.walk(Examples.ROOT.resolve("config-examples"))) {
      return Stream.concat(docs, examples)
          .filter(file -> file.toString().endsWith(".md"))
          .sorted()
          .toList();
    }
  }
}
