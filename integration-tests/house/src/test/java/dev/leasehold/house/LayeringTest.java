package dev.leasehold.house;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.puppycrawl.tools.checkstyle.Checker;
import com.puppycrawl.tools.checkstyle.DefaultConfiguration;
import com.puppycrawl.tools.checkstyle.api.AuditEvent;
import com.puppycrawl.tools.checkstyle.api.AuditListener;
import com.puppycrawl.tools.checkstyle.api.CheckstyleException;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LayeringTest {
  private static final String RULES = "integration-tests/house/src/test/resources/layering.xml";

  /** The package of what Checkstyle complains of: all before the first capital. */
  private static final Pattern IMPORTED = Pattern.compile("import - ([a-z0-9.]+)\\.[A-Z]");

  @Test
  void everyPackageImportsOnlyWhatStandsBelowIt() throws CheckstyleException {
    // Given
    List<File> sources = sources(Project.root().resolve("broker/src/main/java"));

    // When
    List<String> violations = violations(sources);

    // Then
    assertFalse(sources.isEmpty());
    assertEquals("", String.join("\n", violations));
  }

  @Test
  void aForbiddenImportIsCaught(@TempDir Path folder) throws CheckstyleException, IOException {
    // Given
    Path source = folder.resolve("dev/leasehold/broker/task/Bad.java");
    Files.createDirectories(Objects.requireNonNull(source.getParent()));
    Files.writeString(
        source,
        "package dev.leasehold.broker.task;\n"
            + "import dev.leasehold.broker.lease.Lease;\n"
            + "class Bad {}\n");

    // When
    List<String> violations = violations(List.of(source.toFile()));

    // Then
    assertTrue(violations.toString().contains("dev.leasehold.broker.lease.Lease"));
  }

  @Test
  void everyPackageHasRulesOfItsOwn() throws IOException {
    // Given
    Path root = Project.root().resolve("broker/src/main/java/dev/leasehold/broker");
    String rules = Files.readString(Project.root().resolve(RULES));

    // When
    List<String> without = new ArrayList<>();
    for (File source : sources(root)) {
      Path folder = root.relativize(Objects.requireNonNull(source.toPath().getParent()));
      String name = String.valueOf(folder.getFileName());
      if (!name.isEmpty() && !rules.contains("<subpackage name=\"" + name + "\"")) {
        without.add(source.toString());
      }
    }

    // Then
    assertEquals("", String.join("\n", without));
  }

  private static List<File> sources(Path folder) {
    return Project.files(folder, ".java").stream().map(Path::toFile).toList();
  }

  private static List<String> violations(List<File> sources) throws CheckstyleException {
    DefaultConfiguration importControl = new DefaultConfiguration("ImportControl");
    importControl.addProperty(
        "file", Objects.requireNonNull(LayeringTest.class.getResource("/layering.xml")).toString());
    DefaultConfiguration walker = new DefaultConfiguration("TreeWalker");
    walker.addChild(importControl);
    DefaultConfiguration root = new DefaultConfiguration("Checker");
    root.addChild(walker);

    List<String> violations = new ArrayList<>();
    Checker checker = new Checker();
    checker.setModuleClassLoader(Checker.class.getClassLoader());
    checker.configure(root);
    checker.addListener(new Collector(violations));
    checker.process(sources);
    checker.destroy();
    return violations;
  }

  private record Collector(List<String> violations) implements AuditListener {
    @Override
    public void addError(AuditEvent event) {
      if (!isOwnName(event)) {
        violations.add(event.getFileName() + ":" + event.getLine() + " " + event.getMessage());
      }
    }

    /** Nested types and constants of one's own package are imported too, and always allowed. */
    private static boolean isOwnName(AuditEvent event) {
      Matcher imported = IMPORTED.matcher(event.getMessage());
      Path folder = Objects.requireNonNull(Path.of(event.getFileName()).getParent());
      return imported.find()
          && folder.endsWith(Path.of(imported.group(1).replace('.', '/')).normalize());
    }

    @Override
    public void addException(AuditEvent event, Throwable failure) {
      violations.add(event.getFileName() + " " + failure);
    }

    @Override
    public void auditStarted(AuditEvent event) {}

    @Override
    public void auditFinished(AuditEvent event) {}

    @Override
    public void fileStarted(AuditEvent event) {}

    @Override
    public void fileFinished(AuditEvent event) {}
  }
}
