package dev.leasehold.house;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Every link inside the project leads somewhere. */
class PagesTest {
  private static final Pattern LINK = Pattern.compile("\\[[^\\]]*\\]\\(([^)\\s]+)\\)");
  private static final Pattern CODE = Pattern.compile("```.*?```|`[^`\n]*`", Pattern.DOTALL);

  @Test
  void everyLinkBetweenPagesLeadsSomewhere() throws IOException {
    // Given
    List<Path> pages = Project.files(".md");
    List<String> dead = new ArrayList<>();

    // When
    for (Path page : pages) {
      Matcher link = LINK.matcher(CODE.matcher(Files.readString(page)).replaceAll(""));
      while (link.find()) {
        String to = link.group(1);
        if (!to.matches("[a-z]+:.*") && !leadsSomewhere(page, to)) {
          dead.add(Project.root().relativize(page) + " -> " + to);
        }
      }
    }

    // Then
    assertTrue(pages.size() > 5);
    assertEquals("", String.join("\n", dead));
  }

  private static boolean leadsSomewhere(Path page, String to) throws IOException {
    int hash = to.indexOf('#');
    String file = hash < 0 ? to : to.substring(0, hash);
    Path folder = Objects.requireNonNull(page.getParent());
    Path target =
        file.isEmpty()
            ? page
            : folder.resolve(URLDecoder.decode(file, StandardCharsets.UTF_8)).normalize();
    if (!Files.exists(target)) {
      return false;
    }
    return hash < 0
        || !target.toString().endsWith(".md")
        || hasAnchor(target, to.substring(hash + 1));
  }

  private static boolean hasAnchor(Path page, String anchor) throws IOException {
    Set<String> anchors =
        Files.readAllLines(page).stream()
            .filter(line -> line.startsWith("#"))
            .map(line -> line.replaceFirst("^#+ *", ""))
            .map(PagesTest::anchorOf)
            .collect(Collectors.toSet());
    return anchors.contains(anchor);
  }

  /** The anchor that code hosts give a heading. */
  private static String anchorOf(String heading) {
    return heading.toLowerCase(Locale.ROOT).replaceAll("[^\\p{L}\\p{N} _-]", "").replace(' ', '-');
  }
}
