package dev.leasehold.suite.commands;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.leasehold.testbed.server.Account;
import dev.leasehold.testbed.sidecar.Distribution;
import dev.leasehold.testbed.sidecar.Ran;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code audit verify} on the chain that the page of the audit log shows, and on broken copies. */
class AuditVerifyIT {
  @TempDir private Path folder;

  private static List<String> chain() throws IOException {
    Path page = Distribution.project().resolve("docs").resolve("audit-log.md");
    return Files.readAllLines(page).stream()
        .filter(line -> line.startsWith("    {\"time\""))
        .map(String::strip)
        .toList();
  }

  private Ran verify(List<String> lines) throws IOException {
    Path file = Files.write(folder.resolve("audit.jsonl"), lines);
    return leasehold("audit", "verify", file.toString());
  }

  private static Ran leasehold(String... words) {
    return Ran.command(Distribution.built().command(Account.uid(), List.of(words)), Map.of());
  }

  @Test
  void aWholeChainVerifiesAndItsEndIsTold() throws IOException {
    List<String> chain = chain();
    Ran ran = verify(chain);
    assertEquals(0, ran.status(), ran.out() + ran.err());
    assertTrue(ran.out().contains(chain.size() + " lines"), ran.out());
    String end = chain.getLast().replaceFirst(".*\"hash\":\"([0-9a-f]{64})\"}$", "$1");
    assertTrue(ran.out().contains(end), ran.out());
  }

  @Test
  void aLineThatWasChangedIsNamed() throws IOException {
    List<String> changed = new ArrayList<>(chain());
    changed.set(2, changed.get(2).replace("\"decision\":\"allow\"", "\"decision\":\"deny\""));
    assertBroken(3, verify(changed));
  }

  @Test
  void aLineThatIsGoneIsMissed() throws IOException {
    List<String> shortened = new ArrayList<>(chain());
    shortened.remove(4);
    assertBroken(5, verify(shortened));
  }

  @Test
  void twoLinesInEachOthersPlaceAreNoticed() throws IOException {
    List<String> swapped = new ArrayList<>(chain());
    swapped.add(5, swapped.remove(6));
    assertBroken(6, verify(swapped));
  }

  @Test
  void aFileThatCannotBeReadIsNotCalledBroken() {
    Ran ran = leasehold("audit", "verify", folder.resolve("absent").toString());
    assertEquals(66, ran.status(), ran.out() + ran.err());
  }

  private void assertBroken(int line, Ran ran) {
    assertEquals(1, ran.status(), ran.out() + ran.err());
    assertTrue(ran.out().contains("audit.jsonl:" + line + ": "), ran.out());
  }
}
