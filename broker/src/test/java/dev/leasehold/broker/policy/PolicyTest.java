package dev.leasehold.broker.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.leasehold.broker.destination.CanonicalPath;
import dev.leasehold.broker.destination.Destination;
import dev.leasehold.broker.destination.Target.Scheme;
import dev.leasehold.broker.task.AgentProof;
import dev.leasehold.broker.task.Signal;
import dev.leasehold.broker.task.Task;
import dev.leasehold.broker.task.TaskKind;
import dev.leasehold.broker.task.TaskRequest;
import dev.leasehold.broker.task.Tasks;
import dev.leasehold.broker.testing.Destinations;
import dev.leasehold.broker.testing.ManualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class PolicyTest {
  private static final String AGENT = "spiffe://example.org/agent";

  private final ManualClock clock = new ManualClock();
  private final Tasks tasks = new Tasks(clock, clock::nanos);
  private final Map<String, Destination> destinations = new LinkedHashMap<>();
  private final Map<String, CredentialUse> credentials = new HashMap<>();

  @Test
  void destinationWithoutAnyRuleAllowsNothing() {
    // Given
    add(Destinations.https("api", "api.example"));

    // When
    Denial denial = denied(task("api"), https("api.example", "GET", "/"));

    // Then
    assertEquals(Denial.Reason.RULE_DENIED, denial.reason());
    assertEquals("destinations.api.allow", denial.rule());
  }

  @Test
  void whatNoAllowRuleMatchesIsDenied() {
    // Given
    add(Destinations.https("api", "api.example").allow(Set.of("GET"), "/v1/**"));
    Task task = task("api");

    // Then
    assertEquals(
        "destinations.api.allow[0]", granted(task, https("api.example", "GET", "/v1/x")).rule());
    denied(task, https("api.example", "POST", "/v1/x"));
    denied(task, https("api.example", "get", "/v1/x"));
    denied(task, https("api.example", "HEAD", "/v1/x"));
    denied(task, https("api.example", "GET", "/v2/x"));
    denied(task, https("api.example", "GET", "/V1/x"));
    denied(task, https("api.example", "GET", "/"));
  }

  @Test
  void denyBeatsAllowWhateverTheirOrder() {
    // Given
    add(
        Destinations.https("api", "api.example")
            .deny(Set.of(), "/api/users/**")
            .allow(Set.of("GET"), "/api/users/me")
            .allowAll());
    Task task = task("api");

    // When
    Denial denial = denied(task, https("api.example", "GET", "/api/users/me"));

    // Then
    assertEquals("destinations.api.deny[0]", denial.rule());
    granted(task, https("api.example", "GET", "/api/queues"));
  }

  @Test
  void hostThatIsConfiguredForAnotherKindIsNotAllowedHere() {
    // Given
    add(Destinations.https("api", "api.example").allowAll());
    add(Destinations.https("other", "other.example").allowAll());

    // When
    Denial denial = denied(task("api"), https("other.example", "GET", "/"));

    // Then
    assertEquals(Denial.Reason.DESTINATION_NOT_ALLOWED, denial.reason());
    assertEquals("tasks.kind.destinations", denial.rule());
    assertTrue(policy().knowsHost("other.example"));
    assertFalse(policy().knowsHost("unknown.example"));
  }

  @Test
  void hostIsComparedWholeAndNeverBySuffix() {
    // Given
    add(Destinations.https("api", "api.example").allowAll());
    Task task = task("api");

    // Then
    for (String host :
        List.of("xapi.example", "api.example.evil", "x.api.example", "api", "example", "")) {
      assertEquals(
          Denial.Reason.DESTINATION_NOT_ALLOWED, denied(task, https(host, "GET", "/")).reason());
    }
  }

  @Test
  void taskMayCallOnlyWhatItWasNarrowedTo() {
    // Given
    add(Destinations.https("api", "api.example").allowAll());
    add(Destinations.https("other", "other.example").allowAll());
    TaskKind kind = kind("api", "other");
    Task narrowed = open(kind, Optional.of(List.of("other")));

    // Then
    granted(narrowed, https("other.example", "GET", "/"));
    denied(narrowed, https("api.example", "GET", "/"));
    Decision atEndpoint =
        policy().decide(narrowed, destination("api"), https("api.example", "GET", "/"));
    assertEquals(
        Denial.Reason.DESTINATION_NOT_ALLOWED, assertInstanceOf(Denial.class, atEndpoint).reason());
  }

  @Test
  void credentialNeverWidensWhereACallMayGo() {
    // Given
    credentials.put("key", new CredentialUse("key", Optional.empty()));
    add(Destinations.https("api", "api.example").credential("key").allow(Set.of("GET"), "/v1/**"));
    Task task = task("api");

    // Then
    assertEquals(
        Optional.of("key"), granted(task, https("api.example", "GET", "/v1/x")).credential());
    denied(task, https("api.example", "GET", "/v2"));
    denied(task, https("elsewhere.example", "GET", "/v1/x"));
  }

  @Test
  void allowedCallWhoseCredentialIsNotDefinedIsDenied() {
    // Given
    add(Destinations.https("api", "api.example").credential("gone").allowAll());

    // When
    Denial denial = denied(task("api"), https("api.example", "GET", "/"));

    // Then
    assertEquals(Denial.Reason.RULE_DENIED, denial.reason());
    assertEquals("credentials.gone", denial.rule());
  }

  @Test
  void staticCredentialIsDeniedFromTheInstantItsExceptionEnds() {
    // Given
    Instant until = clock.instant().plus(Duration.ofDays(1));
    credentials.put("key", new CredentialUse("key", Optional.of(until)));
    add(Destinations.https("api", "api.example").credential("key").allowAll());
    Task task = task("api");
    Call call = https("api.example", "GET", "/");
    Policy policy = policy();

    // When
    clock.pass(Duration.ofDays(1).minusNanos(1));
    Decision before = policy.decide(task, call);
    clock.pass(Duration.ofNanos(1));
    Decision after = policy.decide(task, call);

    // Then
    assertInstanceOf(Grant.class, before);
    assertEquals("credentials.key.exception.until", assertInstanceOf(Denial.class, after).rule());
  }

  @Test
  void grantNamesTheDestinationsCredentialAndNoOther() {
    // Given
    credentials.put("one", new CredentialUse("one", Optional.empty()));
    credentials.put("two", new CredentialUse("two", Optional.empty()));
    add(Destinations.https("api", "api.example").credential("one").allowAll());
    add(Destinations.https("open", "open.example").allowAll());
    Task task = task("api", "open");

    // Then
    assertEquals(Optional.of("one"), granted(task, https("api.example", "GET", "/")).credential());
    assertEquals(Optional.empty(), granted(task, https("open.example", "GET", "/")).credential());
  }

  @Test
  void plainHttpRisesToTlsAndIsSaidToHave() {
    // Given
    add(Destinations.https("api", "api.example").allowAll());
    Task task = task("api");

    // When
    Grant risen = granted(task, call(Scheme.HTTP, "api.example", Call.ANY_PORT, "GET", "/"));
    Grant plain = granted(task, https("api.example", "GET", "/"));

    // Then
    assertTrue(risen.risesToTls());
    assertEquals(Scheme.HTTPS, risen.destination().target().scheme());
    assertFalse(plain.risesToTls());
  }

  @Test
  void tlsNeverFallsToPlainHttp() {
    // Given
    add(Destinations.http("api", "api.example").allowAll());
    Task task = task("api");

    // Then
    granted(task, call(Scheme.HTTP, "api.example", Call.ANY_PORT, "GET", "/"));
    denied(task, call(Scheme.HTTPS, "api.example", Call.ANY_PORT, "GET", "/"));
    denied(task, call(Scheme.HTTPS, "api.example", 80, "GET", "/"));
  }

  @Test
  void explicitPortMustBeTheDestinationsOwn() {
    // Given
    add(Destinations.of("api", Scheme.HTTPS, "api.example", 8443).allowAll());
    Task task = task("api");

    // Then
    granted(task, call(Scheme.HTTPS, "api.example", 8443, "GET", "/"));
    granted(task, call(Scheme.HTTPS, "api.example", Call.ANY_PORT, "GET", "/"));
    for (int port : new int[] {443, 80, 8444, 1, 65_535, 0}) {
      denied(task, call(Scheme.HTTPS, "api.example", port, "GET", "/"));
    }
  }

  @Test
  void absentPortIsNotGuessedAmongSeveral() {
    // Given
    add(Destinations.of("one", Scheme.HTTPS, "api.example", 8443).allowAll());
    add(Destinations.of("two", Scheme.HTTPS, "api.example", 9443).allowAll());
    Task task = task("one", "two");

    // Then
    denied(task, https("api.example", "GET", "/"));
    assertEquals(
        "two",
        granted(task, call(Scheme.HTTPS, "api.example", 9443, "GET", "/")).destination().name());
  }

  @Test
  void absentPortIsTheSchemesOwnWhereThatIsOneOfSeveral() {
    // Given
    add(Destinations.of("odd", Scheme.HTTPS, "api.example", 8443).allowAll());
    add(Destinations.https("usual", "api.example").allowAll());

    // Then
    assertEquals(
        "usual",
        granted(task("odd", "usual"), https("api.example", "GET", "/")).destination().name());
  }

  @Test
  void firstOfTheKindsListThatAllowsIsTaken() {
    // Given
    add(Destinations.https("reader", "api.example").allow(Set.of("GET"), "/**"));
    add(Destinations.https("writer", "api.example").allow(Set.of("GET", "POST"), "/**"));

    // Then
    assertEquals("reader", name(task("reader", "writer"), "GET"));
    assertEquals("writer", name(task("writer", "reader"), "GET"));
    assertEquals("writer", name(task("reader", "writer"), "POST"));
  }

  @Test
  void denialOfSeveralIsTheFirstOnes() {
    // Given
    add(Destinations.https("reader", "api.example").allow(Set.of("GET"), "/**"));
    add(Destinations.https("writer", "api.example").deny(Set.of("PUT")).allowAll());

    // When
    Denial denial = denied(task("reader", "writer"), https("api.example", "PUT", "/"));

    // Then
    assertEquals("destinations.reader.allow", denial.rule());
    assertEquals("reader", denial.destination().orElseThrow().name());
  }

  @Test
  void databaseIsNoPlaceForAnHttpCall() {
    // Given
    add(Destinations.of("db", Scheme.POSTGRESQL, "db.example", 5432).allowAll());
    Task task = task("db");

    // Then
    denied(task, call(Scheme.HTTP, "db.example", 5432, "GET", "/"));
    denied(task, call(Scheme.HTTPS, "db.example", 5432, "GET", "/"));
  }

  @Test
  void endedTaskIsGrantedNothing() {
    // Given
    add(Destinations.https("api", "api.example").allowAll());
    Task task = task("api");
    Call call = https("api.example", "GET", "/");
    granted(task, call);

    // When
    task.fence(Signal.COMPLETED, "done", clock.instant(), clock.nanos());

    // Then
    assertEquals(Denial.Reason.TASK_ENDED, denied(task, call).reason());
    assertEquals(
        Denial.Reason.TASK_ENDED,
        assertInstanceOf(Denial.class, policy().decide(task, destination("api"), call)).reason());
  }

  @Test
  void denialEchoesNothingOfTheRequest() {
    // Given
    add(Destinations.https("api", "api.example").allow(Set.of("GET"), "/v1/**"));
    Task task = task("api");

    // When
    List<Denial> denials =
        List.of(
            denied(task, https("canary.example", "GET", "/canary")),
            denied(task, https("api.example", "CANARY", "/canary")));

    // Then
    for (Denial denial : denials) {
      String told =
          (denial.rule() + denial.detail() + denial.hint()).toLowerCase(java.util.Locale.ROOT);
      assertFalse(told.contains("canary"), told);
    }
  }

  @Test
  void grantTellsWhichVersionDecided() {
    // Given
    add(Destinations.https("api", "api.example").allowAll());

    // When
    Grant grant = granted(task("api"), https("api.example", "GET", "/"));

    // Then
    assertEquals("v-test", grant.policyVersion());
  }

  @Test
  void grantIsGivenExactlyWhereAPlainReadingOfTheRulesGivesOne() {
    Random random = new Random(20_265);
    String[] hosts = {"a.example", "b.example"};
    String[] paths = {"/", "/x", "/x/y", "/z"};
    String[] patterns = {"/**", "/x", "/x/**", "/*", "/z"};
    String[] methods = {"GET", "POST"};
    int grants = 0;
    for (int round = 0; round < 3000; round++) {
      // Given
      destinations.clear();
      List<String> names = new ArrayList<>();
      for (int n = 0; n < 4; n++) {
        String name = "d" + n;
        Destinations made =
            Destinations.of(
                name,
                random.nextBoolean() ? Scheme.HTTPS : Scheme.HTTP,
                hosts[random.nextInt(2)],
                random.nextBoolean() ? 443 : 80);
        for (int rule = random.nextInt(3); rule > 0; rule--) {
          made.allow(someOf(random, methods), patterns[random.nextInt(patterns.length)]);
        }
        for (int rule = random.nextInt(2); rule > 0; rule--) {
          made.deny(someOf(random, methods), patterns[random.nextInt(patterns.length)]);
        }
        add(made);
        if (random.nextInt(3) > 0) {
          names.add(name);
        }
      }
      Task task = task(names.toArray(String[]::new));
      Call call =
          call(
              random.nextBoolean() ? Scheme.HTTPS : Scheme.HTTP,
              hosts[random.nextInt(2)],
              random.nextBoolean() ? 443 : 80,
              methods[random.nextInt(2)],
              paths[random.nextInt(paths.length)]);

      // When
      Decision decision = policy().decide(task, call);

      // Then
      Optional<String> expected = plainReading(names, call);
      Optional<String> got =
          decision instanceof Grant grant
              ? Optional.of(grant.destination().name())
              : Optional.empty();
      assertEquals(expected, got);
      grants += got.isPresent() ? 1 : 0;
    }
    assertTrue(grants > 100, "grants " + grants);
  }

  private Optional<String> plainReading(List<String> names, Call call) {
    return names.stream()
        .map(this::destination)
        .filter(d -> d.target().host().equals(call.host()) && d.target().port() == call.port())
        .filter(d -> d.target().scheme() == call.scheme() || d.target().scheme() == Scheme.HTTPS)
        .filter(d -> d.deny().stream().noneMatch(r -> r.matches(call.method(), call.path())))
        .filter(d -> d.allow().stream().anyMatch(r -> r.matches(call.method(), call.path())))
        .map(Destination::name)
        .findFirst();
  }

  private static Set<String> someOf(Random random, String[] methods) {
    return random.nextBoolean() ? Set.of() : Set.of(methods[random.nextInt(methods.length)]);
  }

  private String name(Task task, String method) {
    return granted(task, https("api.example", method, "/")).destination().name();
  }

  private void add(Destinations made) {
    Destination destination = made.build();
    destinations.put(destination.name(), destination);
  }

  private Destination destination(String name) {
    return Optional.ofNullable(destinations.get(name)).orElseThrow();
  }

  private Policy policy() {
    return new Policy("v-test", destinations, credentials, clock);
  }

  private Grant granted(Task task, Call call) {
    return switch (policy().decide(task, call)) {
      case Grant grant -> grant;
      case Referral referral -> fail("no engine is configured");
      case Denial denial -> fail("denied by " + denial.rule());
    };
  }

  private Denial denied(Task task, Call call) {
    return assertInstanceOf(Denial.class, policy().decide(task, call));
  }

  private Task task(String... names) {
    return open(kind(names), Optional.empty());
  }

  private static TaskKind kind(String... names) {
    return new TaskKind(
        "kind",
        Set.of(AGENT),
        Set.of(),
        Duration.ofMinutes(10),
        Optional.empty(),
        Duration.ZERO,
        100_000,
        "role",
        List.of(names));
  }

  private Task open(TaskKind kind, Optional<List<String>> narrowed) {
    TaskRequest request =
        new TaskRequest(
            "testing",
            AGENT,
            AgentProof.UID,
            "uid:1",
            Optional.of(1),
            Optional.empty(),
            narrowed,
            Map.of(),
            Optional.empty());
    return assertInstanceOf(Tasks.Opening.Opened.class, tasks.open(kind, request)).task();
  }

  private static Call https(String host, String method, String path) {
    return call(Scheme.HTTPS, host, Call.ANY_PORT, method, path);
  }

  private static Call call(Scheme scheme, String host, int port, String method, String path) {
    return switch (CanonicalPath.parse(path, false)) {
      case CanonicalPath.Result.Canonical canonical ->
          new Call(scheme, host, port, method, canonical.path());
      case CanonicalPath.Result.Ambiguous(String reason) -> fail(reason);
    };
  }
}
