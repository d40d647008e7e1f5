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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LayeringTest {
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
      violations.add(event.getFileName() + ":" + event.getLine() + " " + event.getMessage());
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
