package dev.leasehold.testbed.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Changes system properties, which stand above the environment, and puts them back. */
final class ServersTest {

  private static final List<String> SETTINGS =
      List.of("CI", "LEASEHOLD_REQUIRE_REAL", "LEASEHOLD_SERVERS");

  private final List<String> properties = new ArrayList<>();

  @BeforeEach
  void startWithoutDemands() {
    for (String name : SETTINGS) {
      properties.add(System.getProperty(name, ""));
      // A blank property hides a variable of the environment, such as CI's own.
      System.setProperty(name, " ");
    }
  }

  @AfterEach
  void putBack() {
    for (int i = 0; i < SETTINGS.size(); i++) {
      if (properties.get(i).isEmpty()) {
        System.clearProperty(SETTINGS.get(i));
      } else {
        System.setProperty(SETTINGS.get(i), properties.get(i));
      }
    }
  }

  @Test
  void theFirstWayThatExistsIsTaken() {
    // Given
    List<Way<FakeServer>> ways = List.of(absent(ServerKind.REAL), present(ServerKind.CONTAINER));

    // When
    FakeServer server = Servers.fromEnvironment().start("Thing", "Install it.", ways);

    // Then
    assertEquals(ServerKind.CONTAINER, server.kind());
  }

  @Test
  void standInServesWhereNothingElseExists() {
    // Given
    List<Way<FakeServer>> ways = List.of(absent(ServerKind.REAL), present(ServerKind.EMBEDDED));

    // When
    FakeServer server = Servers.fromEnvironment().start("Thing", "Install it.", ways);

    // Then
    assertEquals(ServerKind.EMBEDDED, server.kind());
  }

  @Test
  void standInNeverServesWhereTheRealOneIsDemanded() {
    // Given
    System.setProperty("CI", "true");
    List<Way<FakeServer>> ways = List.of(absent(ServerKind.REAL), present(ServerKind.EMBEDDED));

    // When
    MissingServerException missing =
        assertThrows(
            MissingServerException.class,
            () -> Servers.fromEnvironment().start("Thing", "Install it with care.", ways));

    // Then
    assertTrue(missing.toString().contains("Thing is missing"), missing.toString());
    assertTrue(missing.toString().contains("CI=true"), missing.toString());
    assertTrue(missing.toString().contains("Install it with care."), missing.toString());
  }

  @Test
  void demandForTheRealOneHasASettingOfItsOwn() {
    // Given
    System.setProperty("LEASEHOLD_REQUIRE_REAL", "true");
    List<Way<FakeServer>> ways = List.of(present(ServerKind.EMBEDDED));

    // When
    boolean has = Servers.fromEnvironment().has(ways);

    // Then
    assertFalse(has);
  }

  @Test
  void standInServesWhereItIsAskedForByName() {
    // Given
    System.setProperty("CI", "true");
    List<Way<FakeServer>> ways = List.of(present(ServerKind.REAL), present(ServerKind.EMBEDDED));

    // When
    FakeServer server = Servers.prefer(ServerKind.EMBEDDED).start("Thing", "Install it.", ways);

    // Then
    assertEquals(ServerKind.EMBEDDED, server.kind());
  }

  @Test
  void environmentMayNameTheWay() {
    // Given
    System.setProperty("LEASEHOLD_SERVERS", "embedded");
    List<Way<FakeServer>> ways = List.of(present(ServerKind.REAL), present(ServerKind.EMBEDDED));

    // When
    FakeServer server = Servers.fromEnvironment().start("Thing", "Install it.", ways);

    // Then
    assertEquals(ServerKind.EMBEDDED, server.kind());
  }

  private static Way<FakeServer> present(ServerKind kind) {
    return Way.always(kind, () -> new FakeServer(kind));
  }

  private static Way<FakeServer> absent(ServerKind kind) {
    return new Way<>(kind, Optional::empty);
  }

  private record FakeServer(ServerKind kind) implements TestServer {

    @Override
    public String describe() {
      return "fake";
    }

    @Override
    public void close() {}
  }
}
