package dev.leasehold.broker.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What auditors read about the lines is what is written, for each type of event. */
final class AuditPageTest {
  private static final Path PAGE = Path.of("..", "docs", "audit-log.md");
  private static final Pattern MEMBER = Pattern.compile("[{,]\"([a-z_]+)\":");
  private static final Pattern TYPE = Pattern.compile("\"type\":\"([^\"]+)\"");

  @Test
  void everyKindOfEventHasASample() {
    // Given
    Set<Class<?>> kinds = new HashSet<>();
    collect(AuditEvent.class, kinds);

    // When
    Set<Class<?>> sampled =
        SampleEvents.all().stream().map(AuditEvent::getClass).collect(Collectors.toSet());

    // Then
    assertEquals(kinds, sampled);
  }

  @Test
  void everyTypeOfLineIsShownWithTheMembersThatItHas() throws IOException {
    // When
    Map<String, List<List<String>>> written = byType(lines(SampleEvents.all()));

    // Then
    assertEquals(written, byType(pageLines()));
  }

  @Test
  void everyMemberIsExplained() throws IOException {
    // Given
    Set<String> explained = new TreeSet<>();
    for (String row : Files.readAllLines(PAGE)) {
      if (row.startsWith("| `")) {
        Matcher name = Pattern.compile("`([a-z_]+)`").matcher(row.split("\\|", -1)[1]);
        while (name.find()) {
          explained.add(name.group(1));
        }
      }
    }

    // When
    Set<String> known =
        Arrays.stream(AuditField.values())
            .map(AuditField::word)
            .collect(Collectors.toCollection(TreeSet::new));

    // Then
    assertEquals(known, explained);
  }

  @Test
  void theExampleChainIsWhole() throws IOException {
    // Given
    List<byte[]> lines =
        pageLines().stream().map(line -> line.getBytes(StandardCharsets.UTF_8)).toList();

    // Then
    String before = Head.NONE.hash();
    for (int i = 0; i < lines.size(); i++) {
      ChainedLine line = ChainedLine.parse(lines.get(i)).orElseThrow();
      assertEquals(before, line.prev());
      assertEquals(i + 1, line.seq());
      assertEquals(ChainedLine.hashOf(lines.get(i)), line.hash());
      before = line.hash();
    }
  }

  @Test
  void noLineHoldsTheSecretOfItsLease() {
    // Given
    byte[] secret = SampleEvents.SECRET.getBytes(StandardCharsets.UTF_8);
    String encoded = Base64.getEncoder().withoutPadding().encodeToString(secret);

    // When
    String lines = String.join("\n", lines(SampleEvents.all()));

    // Then
    assertFalse(lines.contains(SampleEvents.SECRET));
    assertFalse(lines.contains(encoded));
    assertFalse(lines.contains(HexFormat.of().formatHex(secret)));
  }

  @Test
  void noEventCanCarryASecretOrRawBytes() {
    // Given
    Set<Class<?>> kinds = new HashSet<>();
    collect(AuditEvent.class, kinds);

    // When
    Set<String> components =
        kinds.stream()
            .flatMap(kind -> Arrays.stream(kind.getRecordComponents()))
            .map(component -> component.getGenericType().getTypeName())
            .collect(Collectors.toSet());

    // Then
    assertTrue(components.stream().noneMatch(type -> type.contains("broker.secret.")));
    assertTrue(components.stream().noneMatch(type -> type.contains("TaskToken")));
    assertTrue(components.stream().noneMatch(type -> type.contains("[]")));
  }

  /** The lines of a chain of its own, whose times are those of the page. */
  static List<String> lines(List<AuditEvent> events) {
    Chain chain = new Chain(Head.NONE);
    chain.beginBatch();
    long time = 1_795_608_000_000L;
    for (AuditEvent event : events) {
      chain.add(event, time);
      time += 250;
    }
    return new String(chain.batch().buffer(), 0, chain.batch().length(), StandardCharsets.UTF_8)
        .lines()
        .toList();
  }

  private static List<String> pageLines() throws IOException {
    return Files.readAllLines(PAGE).stream()
        .map(String::strip)
        .filter(line -> line.startsWith("{\"time\""))
        .toList();
  }

  private static Map<String, List<List<String>>> byType(List<String> lines) {
    Map<String, List<List<String>>> members = new LinkedHashMap<>();
    for (String line : lines) {
      Matcher type = TYPE.matcher(line);
      assertTrue(type.find(), line);
      List<String> names = new ArrayList<>();
      Matcher member = MEMBER.matcher(line);
      while (member.find()) {
        names.add(member.group(1));
      }
      members.computeIfAbsent(type.group(1), key -> new ArrayList<>()).add(names);
    }
    return members;
  }

  private static void collect(Class<?> type, Set<Class<?>> kinds) {
    if (type.isRecord()) {
      kinds.add(type);
    } else {
      Stream.of(type.getPermittedSubclasses()).forEach(kind -> collect(kind, kinds));
    }
  }
}
