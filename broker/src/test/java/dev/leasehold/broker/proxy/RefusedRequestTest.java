package dev.leasehold.broker.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.leasehold.broker.destination.Target;
import dev.leasehold.broker.proxy.ProxyTester.OpenTask;
import dev.leasehold.broker.proxy.RawAgent.Answer;
import dev.leasehold.broker.testing.FakeSecretStore.Call;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is refused is refused before anything of it, or of a secret, reaches a target. */
final class RefusedRequestTest {
  private RecordingUpstream upstream;
  private ProxyTester proxy;
  private OpenTask task;
  private String host;

  @BeforeEach
  void start() throws Exception {
    upstream = RecordingUpstream.greeting();
    proxy =
        ProxyTester.setup()
            .credential("api", ProxyTester.bearer(), Map.of("token", "s3cret-token-of-this-task"))
            .destination(
                "api",
                upstream.port(),
                to ->
                    to.credential("api")
                        .allow(Set.of("GET", "POST"), "/open/**")
                        .deny(Set.of(), "/open/users/**"))
            .destination("other", upstream.port() == 1 ? 2 : 1)
            .destination("db", 5432, to -> to.target(Target.Scheme.POSTGRESQL, "db.internal", 5432))
            .start();
    task = proxy.open("api", "db");
    host = "127.0.0.1:" + upstream.port();
  }

  @AfterEach
  void nothingWasLeasedOrSent() throws Exception {
    try {
      assertEquals(0, upstream.connections());
      assertEquals(0, proxy.store().count(Call.READ));
    } finally {
      proxy.close();
      upstream.close();
    }
  }

  private Answer get(String target, String... more) throws Exception {
    return ask("GET", target, more);
  }

  private Answer ask(String method, String target, String... more) throws Exception {
    try (RawAgent agent = proxy.agent()) {
      return agent
          .send(method + " " + target + " HTTP/1.1\r\nHost: " + host + "\r\n" + task.line())
          .send("\r\n" + String.join("", more) + "\r\n")
          .answer(method.equals("HEAD"));
    }
  }

  private void assertRefused(int status, String problem, Answer answer) throws Exception {
    assertEquals(problem, answer.problem());
    assertEquals(status, answer.status());
    assertEquals("application/problem+json", answer.field("content-type"));
    assertTrue(answer.field("proxy-status").contains("details=\"" + problem + "\""));
    proxy.auditLine("\"decision\":\"deny\"", "\"cause\":\"" + problem + "\"");
    assertTrue(
        proxy.metrics().contains("leasehold_denials_total{problem=\"" + problem + "\"} 1.0"));
  }

  @Test
  void methodWithoutARuleIsDenied() throws Exception {
    // When
    Answer answer = ask("DELETE", "http://" + host + "/open/a");

    // Then
    assertRefused(403, "rule-denied", answer);
    assertTrue(answer.body().contains("destinations.api.allow"));
  }

  @Test
  void pathWithoutARuleIsDenied() throws Exception {
    // When
    Answer answer = get("http://" + host + "/closed");

    // Then
    assertRefused(403, "rule-denied", answer);
  }

  @Test
  void denyRuleBeatsAllow() throws Exception {
    // When
    Answer answer = get("http://" + host + "/open/users/a");

    // Then
    assertRefused(403, "rule-denied", answer);
    assertTrue(answer.body().contains("destinations.api.deny[0]"));
  }

  @Test
  void destinationOutsideTheTaskIsDenied() throws Exception {
    // When
    Answer answer;
    try (RawAgent agent = proxy.agent()) {
      answer =
          agent
              .head("GET http://127.0.0.1:1/open/a HTTP/1.1", "Host: 127.0.0.1:1", task.line())
              .answer();
    }

    // Then
    assertRefused(403, "destination-not-allowed", answer);
  }

  @Test
  void hostThatNobodyConfiguredIsDenied() throws Exception {
    // When
    Answer answer;
    try (RawAgent agent = proxy.agent()) {
      answer =
          agent
              .head("GET http://evil.example/ HTTP/1.1", "Host: evil.example", task.line())
              .answer();
    }

    // Then
    assertRefused(403, "destination-not-allowed", answer);
    assertFalse(answer.body().contains("evil"));
  }

  @Test
  void databaseIsRefusedInClearWords() throws Exception {
    // When
    Answer answer;
    try (RawAgent agent = proxy.agent()) {
      answer =
          agent
              .head("GET http://db.internal:5432/ HTTP/1.1", "Host: db.internal:5432", task.line())
              .answer();
    }

    // Then
    assertRefused(403, "destination-not-allowed", answer);
    assertTrue(answer.body().contains("database"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/open/../closed",
        "/open/..",
        "/open/./a",
        "/open/%2e%2e/closed",
        "/open/%2E./closed",
        "/open%2fusers/a",
        "/open%2Fusers/a",
        "/open/%252e%252e/closed",
        "/open//users/a",
        "//open/a",
        "/open/a;/../users",
        "/open/a;b=c",
        "/open/..;/users",
        "/open/%5cusers",
        "/open/a%00b",
        "/open/a%0ab",
        "/open/%c0%af",
        "/open/%",
        "/open/%zz"
      })
  void pathTrickIsRefused(String path) throws Exception {
    // When
    Answer answer = get("http://" + host + path);

    // Then
    assertRefused(400, "ambiguous-request", answer);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n",
        "Content-Length: 3\r\nContent-Length: 3\r\n",
        "Content-Length: 3\r\nContent-Length: 4\r\n",
        "Content-Length: 3, 3\r\n",
        "Content-Length: +3\r\n",
        "Content-Length: 0x3\r\n",
        "Content-Length: 3 \u00a0\r\n",
        "Content-Length:\r\n",
        "Transfer-Encoding: chunked, chunked\r\n",
        "Transfer-Encoding: xchunked\r\n",
        "Transfer-Encoding: chunked, identity\r\n",
        "Transfer-Encoding: gzip, chunked\r\n",
        "Transfer-Encoding:\u000bchunked\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding : chunked\r\n",
        "X: a\r\n b\r\n",
        " X: a\r\n",
        "X\r\n",
        ": a\r\n",
        "X: a\u0000b\r\n",
        "X: a\rb\r\n",
        "X: a\nY: b\r\n",
        "X: a\n",
        "Host: other\r\n",
        "Connection: authorization\r\n",
        "Connection: close, x-api-key\r\n"
      })
  void ambiguousFieldIsRefused(String field) throws Exception {
    // When
    Answer answer = ask("POST", "http://" + host + "/open/a", field);

    // Then
    assertRefused(400, "ambiguous-request", answer);
    assertEquals("close", answer.field("connection"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET  http://H/open/a HTTP/1.1",
        "GET http://H/open/a\tHTTP/1.1",
        "get http://H/open/a HTTP/1.1",
        "GET http://H/open/a#x HTTP/1.1",
        "GET http://user@H/open/a HTTP/1.1",
        "GET http://user:pass@H/open/a HTTP/1.1",
        "GET http://H./open/a HTTP/1.1",
        "GET http:///open/a HTTP/1.1",
        "GET http://H:/open/a HTTP/1.1",
        "GET http://H\\open HTTP/1.1",
        " GET http://H/open/a HTTP/1.1"
      })
  void ambiguousFirstLineIsRefused(String line) throws Exception {
    // When
    Answer answer;
    try (RawAgent agent = proxy.agent()) {
      answer = agent.head(line.replace("H/", host + "/"), "Host: " + host, task.line()).answer();
    }

    // Then
    assertRefused(400, "ambiguous-request", answer);
  }

  @Test
  void missingHostIsRefused() throws Exception {
    // When
    Answer answer;
    try (RawAgent agent = proxy.agent()) {
      answer = agent.head("GET http://" + host + "/open/a HTTP/1.1", task.line()).answer();
    }

    // Then
    assertRefused(400, "ambiguous-request", answer);
  }

  @ParameterizedTest
  @ValueSource(strings = {"evil.example", "127.0.0.1", "127.0.0.1:1", "127.0.0.1:0", "", "a b"})
  void hostOfAnotherTargetIsRefused(String said) throws Exception {
    // When
    Answer answer;
    try (RawAgent agent = proxy.agent()) {
      answer =
          agent
              .head("GET http://" + host + "/open/a HTTP/1.1", "Host: " + said, task.line())
              .answer();
    }

    // Then
    assertRefused(421, "target-mismatch", answer);
  }

  @Test
  void connectIsRefusedWithTheReasonAndTheConnectionClosed() throws Exception {
    // When
    Answer answer;
    boolean closed;
    try (RawAgent agent = proxy.agent()) {
      answer =
          agent
              .head("CONNECT nowhere.test:443 HTTP/1.1", "Host: nowhere.test", task.line())
              .answer();
      closed = agent.isClosedByPeer();
    }

    // Then
    assertRefused(403, "destination-not-allowed", answer);
    assertTrue(closed);
  }

  @Test
  void bytesBehindARefusedConnectAreNoRequest() throws Exception {
    // When
    String rest;
    try (RawAgent agent = proxy.agent()) {
      agent
          .head("CONNECT nowhere.test:443 HTTP/1.1", "Host: nowhere.test", task.line())
          .head("GET http://" + host + "/open/a HTTP/1.1", "Host: " + host, task.line());
      agent.answer();
      rest = agent.rest();
    }

    // Then
    assertEquals("", rest);
  }

  @Test
  void traceIsRefused() throws Exception {
    // When
    Answer answer = ask("TRACE", "http://" + host + "/open/a");

    // Then
    assertRefused(403, "rule-denied", answer);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/open/a", "*", "ftp://127.0.0.1/", "127.0.0.1:80"})
  void targetThatIsNoUrlIsRefused(String target) throws Exception {
    // When
    Answer answer = get(target);

    // Then
    assertRefused(400, "invalid-request", answer);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {" HTTP/2.0", " HTTP/1.2", " HTTP/1.10", " HTTP/0.9", "  HTTP/1.1", " http/1.1"})
  void otherVersionIsRefused(String version) throws Exception {
    // When
    Answer answer;
    try (RawAgent agent = proxy.agent()) {
      answer = agent.head("GET http://" + host + "/open/a" + version, "Host: " + host).answer();
    }

    // Then
    assertRefused(400, "invalid-request", answer);
  }

  @Test
  void unknownExpectationIsRefused() throws Exception {
    // When
    Answer answer = ask("POST", "http://" + host + "/open/a", "Expect: 200-maybe\r\n");

    // Then
    assertRefused(400, "invalid-request", answer);
  }

  @Test
  void tooLongALineIsRefused() throws Exception {
    // When
    Answer answer = get("http://" + host + "/open/" + "a".repeat(9000));

    // Then
    assertRefused(414, "limit-exceeded", answer);
  }

  @Test
  void tooLargeAHeaderIsRefused() throws Exception {
    // When
    Answer answer = get("http://" + host + "/open/a", "X: " + "a".repeat(17000) + "\r\n");

    // Then
    assertRefused(431, "limit-exceeded", answer);
  }

  @Test
  void tooManyFieldsAreRefused() throws Exception {
    // When
    Answer answer = get("http://" + host + "/open/a", "X: a\r\n".repeat(101));

    // Then
    assertRefused(431, "limit-exceeded", answer);
  }

  @Test
  void wrongTokenIsRefusedLikeAnUnknownTask() throws Exception {
    // Given
    OpenTask another = proxy.open("api");
    String mixed =
        "Basic "
            + java.util.Base64.getEncoder()
                .encodeToString(
                    (task.task().id() + ":" + another.token().reveal())
                        .getBytes(java.nio.charset.StandardCharsets.US_ASCII));

    // When
    Answer answer;
    try (RawAgent agent = proxy.agent()) {
      answer =
          agent
              .head(
                  "GET http://" + host + "/open/a HTTP/1.1",
                  "Host: " + host,
                  "Proxy-Authorization: " + mixed)
              .answer();
    }

    // Then
    assertRefused(407, "proxy-auth-required", answer);
  }

  @Test
  void anotherTasksTokenGivesThatTasksRightsOnly() throws Exception {
    // Given
    OpenTask another = proxy.open("other");

    // When
    Answer answer;
    try (RawAgent agent = proxy.agent()) {
      answer =
          agent
              .head("GET http://" + host + "/open/a HTTP/1.1", "Host: " + host, another.line())
              .answer();
    }

    // Then
    assertRefused(403, "destination-not-allowed", answer);
  }

  @Test
  void endedTaskIsRefused() throws Exception {
    // Given
    proxy
        .ends()
        .end(task.task(), dev.leasehold.broker.task.Signal.COMPLETED, "done")
        .toCompletableFuture()
        .join();

    // When
    Answer answer = get("http://" + host + "/open/a");

    // Then
    assertRefused(403, "task-ended", answer);
  }

  @Test
  void twoNamesForTheTaskAreRefused() throws Exception {
    // When
    Answer answer = get("http://" + host + "/open/a", task.line() + "\r\n");

    // Then
    assertRefused(400, "ambiguous-request", answer);
  }
}
