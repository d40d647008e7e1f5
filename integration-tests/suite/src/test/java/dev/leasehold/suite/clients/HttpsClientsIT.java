package dev.leasehold.suite.clients;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.leasehold.testbed.sidecar.Ran;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Clients that are told an HTTPS URL, are run by {@code leasehold run}, and know nothing of
 * Leasehold. The table in {@code docs/clients.md} is what came of it; {@code -Dclients=write}
 * writes it anew.
 */
class HttpsClientsIT {
  private static Workshop workshop;

  @BeforeAll
  static void start() {
    workshop = new Workshop();
  }

  @AfterAll
  static void stop() {
    workshop.close();
  }

  static List<Client> clients() {
    return workshop.clients();
  }

  static Stream<Arguments> exercises() {
    return clients().stream()
        .flatMap(client -> client.exercises().stream().map(one -> Arguments.of(client, one)));
  }

  private static Outcome outcome(Client client) {
    assumeTrue(workshop.has(client), client + " is not installed");
    return workshop.outcome(client);
  }

  @ParameterizedTest
  @MethodSource("exercises")
  void aClientDoesUnchangedWhatItDoesElsewhere(Client client, Exercise exercise) {
    Outcome outcome = outcome(client);
    assertEquals(Optional.empty(), outcome.fault(exercise, workshop.bodies()), outcome::printed);
  }

  static List<Client> purposes() {
    return clients().stream().filter(Client::hasPurpose).toList();
  }

  @ParameterizedTest
  @MethodSource("purposes")
  void aClientDoesUnchangedWhatItIsFor(Client client) {
    Outcome outcome = outcome(client);
    assertEquals(Optional.empty(), outcome.fault(client), outcome::printed);
  }

  @ParameterizedTest
  @MethodSource("clients")
  void aClientEndsWellAndNeverSeesTheCredentialOfItsCalls(Client client) {
    Outcome outcome = outcome(client);

    assertEquals(0, outcome.ran().status(), outcome::printed);
    assertFalse(outcome.arrivals().isEmpty());
    boolean injected = client.host().equals(Workshop.HOST);
    assertTrue(
        outcome.arrivals().stream().allMatch(one -> one.login().isPresent() == injected),
        outcome::printed);
    assertTrue(
        outcome.arrivals().stream().allMatch(one -> one.leftovers().isEmpty()), outcome::toString);
    workshop.rig().secrets().assertAbsentFrom(client.name(), outcome.printed());
  }

  @Test
  void thePageSaysWhatWasSeen() {
    List<Client> seen = clients().stream().filter(workshop::has).toList();
    ClientsPage page = ClientsPage.read();
    List<String> rows =
        clients().stream().map(one -> seen.contains(one) ? row(one) : page.row(one)).toList();
    if ("write".equals(System.getProperty("clients"))) {
      page.write(clients(), rows);
    }
    assertFalse(seen.isEmpty());
    assertEquals(rows, clients().stream().map(ClientsPage.read()::row).toList());
  }

  private static String row(Client client) {
    return ClientsPage.row(client, workshop.outcome(client), workshop.bodies());
  }

  @Test
  void aCloneIsOneCommandOfLeaseholdRun() throws IOException {
    Path clone = workshop.agentsFolder("clone").resolve("project");
    String url = workshop.url(Workshop.HOST) + "/clone/git/project.git";

    Ran ran = workshop.ran("git", "clone", "-q", url, clone.toString());

    assertEquals(0, ran.status(), ran.err());
    assertEquals(Bodies.GREETING, Files.readString(clone.resolve("greeting")).strip());
  }

  @Test
  void aHostThatNobodyConfiguredIsRefusedAndNeverLookedUp() {
    Ran known = workshop.ran("curl", "-sS", "--fail", workshop.url(Workshop.HOST) + "/known/hello");
    Ran unknown = workshop.ran("curl", "-sS", "https://elsewhere.example.test/");

    assertEquals(Bodies.GREETING, known.out(), known.err());
    assertTrue(unknown.err().contains("403"), unknown.err());
    assertFalse(workshop.names().asked().contains("elsewhere.example.test"));
    assertTrue(workshop.names().asked().contains(Workshop.HOST), "the sidecar alone looks it up");
  }
}
