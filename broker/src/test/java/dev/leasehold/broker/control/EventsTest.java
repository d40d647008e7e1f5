package dev.leasehold.broker.control;

import static dev.leasehold.broker.control.ControlTester.OPERATOR_TOKEN;
import static dev.leasehold.broker.control.ControlTester.SELLER_TOKEN;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.leasehold.broker.task.Signal;
import org.junit.jupiter.api.Test;

/** CloudEvents 1.0 over HTTP, in each content mode. */
class EventsTest {
  private static final String TYPE = "org.example.agent.finished";

  private static ControlTester tester() throws Exception {
    return ControlTester.setup()
        .event(TYPE, "/subject", Signal.COMPLETED)
        .event("org.example.agent.crashed", "/data/task", Signal.FAILED)
        .start();
  }

  private static String event(String type, String subject) {
    return "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/here\",\"type\":\""
        + type
        + "\",\"subject\":\""
        + subject
        + "\"}";
  }

  private static RawCaller.Got send(ControlTester tester, String token, String type, String body)
      throws Exception {
    return tester.withToken(token, Route.EVENTS, "/v1/events", body, "Content-Type: " + type);
  }

  @Test
  void structuredEventEndsItsTask() throws Exception {
    try (ControlTester tester = tester()) {
      // Given
      String id = tester.open().member("id");

      // When
      RawCaller.Got got = send(tester, OPERATOR_TOKEN, CloudEvents.STRUCTURED, event(TYPE, id));

      // Then
      assertEquals(202, got.status());
      assertEquals("[" + id + "]", got.member("signalled"));
      assertEquals(Signal.COMPLETED, tester.task(id).end().orElseThrow().signal());
    }
  }

  @Test
  void binaryEventEndsTheTaskThatItsDataNames() throws Exception {
    try (ControlTester tester = tester()) {
      // Given
      String id = tester.open().member("id");

      // When
      RawCaller.Got got =
          tester.withToken(
              OPERATOR_TOKEN,
              Route.EVENTS,
              "/v1/events",
              "{\"task\":\"" + id + "\"}",
              "ce-specversion: 1.0",
              "ce-id: 1",
              "ce-source: /here",
              "ce-type: org.example.agent.crashed");

      // Then
      assertEquals(202, got.status());
      assertEquals(Signal.FAILED, tester.task(id).end().orElseThrow().signal());
    }
  }

  @Test
  void batchActsAsAWholeOrNotAtAll() throws Exception {
    try (ControlTester tester = tester()) {
      // Given
      String id = tester.open().member("id");
      String good = event(TYPE, id);

      // When
      RawCaller.Got spoiled =
          send(
              tester,
              OPERATOR_TOKEN,
              CloudEvents.BATCH,
              "[" + good + "," + event(TYPE, "missing") + "]");

      // Then
      assertEquals(404, spoiled.status());
      assertTrue(tester.task(id).isActive());

      // When
      RawCaller.Got got =
          send(
              tester,
              OPERATOR_TOKEN,
              CloudEvents.BATCH,
              "[" + good + "," + event("org.example.other", "x") + "]");

      // Then
      assertEquals("1", got.member("ignored"));
      assertEquals(Signal.COMPLETED, tester.task(id).end().orElseThrow().signal());
    }
  }

  @Test
  void eventsAreForOperatorsAndTheTasksOwnToken() throws Exception {
    try (ControlTester tester = tester()) {
      // Given
      RawCaller.Got opened = tester.open();
      RawCaller.Got other = tester.open();
      String event = event(TYPE, opened.member("id"));

      // When
      RawCaller.Got opener = send(tester, SELLER_TOKEN, CloudEvents.STRUCTURED, event);
      RawCaller.Got foreign = send(tester, other.member("token"), CloudEvents.STRUCTURED, event);

      // Then
      assertEquals(403, opener.status());
      assertEquals(404, foreign.status());
      assertTrue(tester.task(opened.member("id")).isActive());
      assertEquals(
          202, send(tester, opened.member("token"), CloudEvents.STRUCTURED, event).status());
    }
  }

  @Test
  void whatIsNoEventIsRefused() throws Exception {
    try (ControlTester tester = tester()) {
      assertEquals(400, send(tester, OPERATOR_TOKEN, CloudEvents.STRUCTURED, "{}").status());
      assertEquals(400, send(tester, OPERATOR_TOKEN, CloudEvents.BATCH, "{}").status());
      assertEquals(400, send(tester, OPERATOR_TOKEN, "application/json", "{}").status());
      assertEquals(
          400,
          send(
                  tester,
                  OPERATOR_TOKEN,
                  CloudEvents.STRUCTURED,
                  event(TYPE, "x").replace("1.0", "0.3"))
              .status());
    }
  }
}
