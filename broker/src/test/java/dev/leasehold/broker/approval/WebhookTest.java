package dev.leasehold.broker.approval;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.leasehold.broker.approval.Approval.State;
import dev.leasehold.broker.approval.Approvals.Asked;
import dev.leasehold.broker.audit.ApprovalEvent;
import dev.leasehold.broker.audit.AuditEvent;
import dev.leasehold.broker.policy.Effect;
import dev.leasehold.broker.policy.PolicyFacts;
import dev.leasehold.broker.policy.PolicyRule;
import dev.leasehold.broker.policy.PolicyRule.Asking;
import dev.leasehold.broker.policy.PolicyRule.Scope;
import dev.leasehold.broker.telemetry.Metrics;
import dev.leasehold.broker.testing.ManualClock;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Questions that a program of the operator's is told of, and its answers. */
final class WebhookTest {
  private static final String KEY = "0123456789abcdef0123456789abcdef";
  private static final Duration SOON = Duration.ofMillis(20);

  private record Question(HttpServerRequest request, String body) {
    JsonObject json() {
      return new JsonObject(body);
    }
  }

  @TempDir Path folder;

  private final ManualClock clock = new ManualClock();
  private final Metrics metrics = new Metrics("test", "test");
  private final List<AuditEvent> events = new CopyOnWriteArrayList<>();
  private final Approvals approvals = new Approvals(clock, events::add, metrics);
  private final PolicyFacts facts = new PolicyFacts(clock);
  private final Vertx vertx = Vertx.vertx();
  private final BlockingQueue<Question> questions = new LinkedBlockingQueue<>();
  private HttpServer receiver;
  private Webhook webhook;

  @BeforeEach
  void start() throws IOException {
    receiver =
        vertx
            .createHttpServer()
            .requestHandler(
                request ->
                    request.bodyHandler(
                        body ->
                            questions.add(
                                new Question(request, body.toString(StandardCharsets.UTF_8)))))
            .listen(0, "127.0.0.1")
            .await();
    webhook = new Webhook(vertx, config(KEY + "\n"), approvals, clock, metrics, SOON);
    approvals.whenAsked(webhook::ask);
  }

  private WebhookConfig config(String key) throws IOException {
    Path file = Files.writeString(folder.resolve("key"), key);
    URI url = URI.create("http://127.0.0.1:" + receiver.actualPort() + "/approvals");
    return new WebhookConfig(url, file, Set.of("ops"));
  }

  @AfterEach
  void stop() {
    webhook.close();
    vertx.close().await();
    metrics.close();
  }

  private Approval ask(String group, int count) {
    PolicyRule rule =
        new PolicyRule(
            "policy.rules.ask",
            "",
            Optional.empty(),
            Effect.REQUIRE_APPROVAL,
            false,
            List.of(),
            Optional.of(new Asking(Optional.of(group), Scope.CALL, Duration.ZERO, count)));
    return assertInstanceOf(
            Asked.Pending.class,
            approvals.ask(rule, Shown.of(facts.call("POST", "/v1/" + group + count))))
        .approval();
  }

  private Question next() throws InterruptedException {
    Question question = questions.poll(20, TimeUnit.SECONDS);
    assertTrue(question != null, "no question came");
    return question;
  }

  private static String hmac(String key, String text) throws Exception {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(key.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
    return HexFormat.of().formatHex(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
  }

  private static void reply(Question to, String key, Instant when, String what, JsonObject answer)
      throws Exception {
    String body = answer.encode();
    long seconds = when.getEpochSecond();
    to.request()
        .response()
        .putHeader(
            "Leasehold-Signature",
            "t=" + seconds + ",v1=" + hmac(key, what + "." + seconds + "." + body))
        .end(body)
        .await();
  }

  private static JsonObject yes(Question to) {
    return new JsonObject()
        .put("id", to.json().getString("id"))
        .put("digest", to.json().getString("digest"))
        .put("decision", "approve")
        .put("approver", "anna")
        .put("reason", "fine");
  }

  private State answered(Approval question) throws Exception {
    return question.answer().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  /** The answer does not count, and the question is put again. */
  private void doesNotCount(String key, Instant when, String what, UnaryOperator<JsonObject> change)
      throws Exception {
    Approval asked = ask("ops", 1);
    Question first = next();
    reply(first, key, when, what, change.apply(yes(first)));
    Question second = next();
    assertEquals(asked.id(), second.json().getString("id"));
    assertEquals(State.PENDING, approvals.state(asked));
    reply(second, KEY, clock.instant(), "answer", yes(second));
    assertEquals(State.APPROVED, answered(asked));
  }

  @Test
  @Timeout(30)
  void signedAnswerToASignedQuestionCounts() throws Exception {
    // When
    Approval asked = ask("ops", 1);
    Question question = next();

    // Then
    String body = question.body();
    long now = clock.instant().getEpochSecond();
    assertEquals(
        "t=" + now + ",v1=" + hmac(KEY, "question." + now + "." + body),
        question.request().getHeader("Leasehold-Signature"));
    assertEquals("/v1/ops1", question.json().getString("path"));

    // When
    reply(question, KEY, clock.instant(), "answer", yes(question));

    // Then
    assertEquals(State.APPROVED, answered(asked));
    while (events.size() < 2) {
      Thread.onSpinWait(); // it is written down right after
    }
    ApprovalEvent event = assertInstanceOf(ApprovalEvent.class, events.getLast());
    assertEquals(
        List.of("approved", "webhook", "anna: fine"),
        List.of(event.what(), event.approver(), event.reason()));
  }

  @Test
  void answerWithAnotherKeyDoesNotCount() throws Exception {
    doesNotCount("f".repeat(32), clock.instant(), "answer", answer -> answer);
  }

  @Test
  void answerOfAnotherHourDoesNotCount() throws Exception {
    doesNotCount(KEY, clock.instant().minusSeconds(301), "answer", answer -> answer);
  }

  @Test
  void answerOfAClockThatIsAheadDoesNotCount() throws Exception {
    doesNotCount(KEY, clock.instant().plusSeconds(301), "answer", answer -> answer);
  }

  @Test
  void questionIsNoAnswer() throws Exception {
    doesNotCount(KEY, clock.instant(), "question", answer -> answer);
  }

  @Test
  void answerToAnotherQuestionDoesNotCount() throws Exception {
    doesNotCount(KEY, clock.instant(), "answer", answer -> answer.put("id", "apr_00"));
  }

  @Test
  void answerToOtherFactsDoesNotCount() throws Exception {
    doesNotCount(KEY, clock.instant(), "answer", answer -> answer.put("digest", "0".repeat(64)));
  }

  @Test
  void answerThatDecidesNothingDoesNotCount() throws Exception {
    doesNotCount(KEY, clock.instant(), "answer", answer -> answer.put("decision", "perhaps"));
  }

  @Test
  void answerWithNothingWhereATextBelongsDoesNotCount() throws Exception {
    doesNotCount(KEY, clock.instant(), "answer", answer -> answer.putNull("decision"));
  }

  @Test
  void programThatHasNoAnswerYetIsAskedAgain() throws Exception {
    Approval asked = ask("ops", 1);
    next().request().response().setStatusCode(202).end().await();
    Question again = next();
    reply(again, KEY, clock.instant(), "answer", yes(again).put("decision", "deny"));
    assertEquals(State.DENIED, answered(asked));
  }

  @Test
  void redirectIsNotFollowed() throws Exception {
    Approval asked = ask("ops", 1);
    next()
        .request()
        .response()
        .setStatusCode(307)
        .putHeader("Location", "/elsewhere")
        .end()
        .await();
    Question again = next();
    assertEquals("/approvals", again.request().path());
    assertEquals(State.PENDING, approvals.state(asked));
  }

  @Test
  @Timeout(30)
  void itIsOneApproverAndNoneOfAGroupThatItDoesNotAnswerFor() throws Exception {
    // Given
    Approval two = ask("ops", 2);
    Question first = next();
    reply(first, KEY, clock.instant(), "answer", yes(first));
    while (two.agreed().isEmpty()) {
      Thread.onSpinWait();
    }

    // Then
    assertEquals(State.PENDING, approvals.state(two));
    assertEquals(
        Optional.of(Approvals.Refusal.SAME_APPROVER),
        approvals.answer(
            two,
            new Approver("webhook", Set.of("ops"), Optional.empty()),
            true,
            two.digest(),
            false,
            ""));

    // When
    Approval other = ask("finance", 1);
    Question of = next();
    reply(of, KEY, clock.instant(), "answer", yes(of));

    // Then
    assertEquals(other.id(), next().json().getString("id"));
    assertEquals(State.PENDING, approvals.state(other));
  }

  @Test
  void shortKeyIsRefused() {
    assertThrows(
        IOException.class,
        () -> new Webhook(vertx, config("short"), approvals, clock, metrics, SOON));
  }
}
