package dev.leasehold.broker.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.leasehold.broker.inject.Injection;
import dev.leasehold.broker.inject.Template;
import dev.leasehold.broker.proxy.RawAgent.Answer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The secret goes in once, whole and alone, or the call is not made. */
final class InjectionTest {
  private static final String SECRET = "s3cret/token+of this=task";

  private static final String TOKEN = "s3cret-token-of-this-task";

  private static Template template(String text) {
    return Template.parse(text);
  }

  /** What arrives at the target, or the problem where nothing does. */
  private static String sent(
      Injection injection, Map<String, String> fields, String target, String... more)
      throws IOException {
    try (RecordingUpstream upstream = RecordingUpstream.greeting();
        ProxyTester proxy =
            ProxyTester.setup()
                .credential("api", injection, fields)
                .destination("api", upstream.port(), to -> to.credential("api"))
                .start();
        RawAgent agent = proxy.agent()) {
      String host = "127.0.0.1:" + upstream.port();
      Answer answer =
          agent
              .send("GET http://" + host + target + " HTTP/1.1\r\nHost: " + host + "\r\n")
              .send(String.join("", more) + proxy.open().line() + "\r\n\r\n")
              .answer();
      if (answer.status() != 200) {
        assertEquals("", upstream.seen());
        proxy.auditLine("\"decision\":\"deny\"", "\"cause\":\"" + answer.problem() + "\"");
        for (Map.Entry<String, String> field : fields.entrySet()) {
          assertFalse(
              !field.getKey().equals("username") && answer.body().contains(field.getValue()));
        }
        return answer.problem();
      }
      return upstream.seen();
    }
  }

  private static int count(String text, String part) {
    return text.split(java.util.regex.Pattern.quote(part), -1).length - 1;
  }

  @Test
  void bearerStandsOnce() throws Exception {
    // When
    String sent =
        sent(
            new Injection.Bearer(template("{token}")),
            Map.of("token", TOKEN),
            "/",
            "authorization: Bearer a\r\n",
            "AUTHORIZATION: Basic b\r\n");

    // Then
    assertEquals(1, count(sent.toLowerCase(java.util.Locale.ROOT), "authorization:"));
    assertTrue(sent.contains("\r\nauthorization: Bearer " + TOKEN + "\r\n"));
  }

  @Test
  void basicIsEncodedFromBothFields() throws Exception {
    // When
    String sent =
        sent(
            new Injection.Basic(template("{username}"), template("{password}")),
            Map.of("username", "u", "password", SECRET),
            "/");

    // Then
    String pair =
        Base64.getEncoder().encodeToString(("u:" + SECRET).getBytes(StandardCharsets.ISO_8859_1));
    assertTrue(sent.contains("\r\nauthorization: Basic " + pair + "\r\n"));
  }

  @Test
  void headerReplacesTheAgentsOwn() throws Exception {
    // When
    String sent =
        sent(
            new Injection.Header("X-Broker-Key", template("Key {key}")),
            Map.of("key", SECRET),
            "/",
            "x-broker-key: mine\r\n",
            "X_Broker_Key: mine\r\n",
            "X.Broker.Key: mine\r\n");

    // Then
    assertFalse(sent.contains("mine"));
    assertTrue(sent.contains("\r\nx-broker-key: Key " + SECRET + "\r\n"));
  }

  @Test
  void queryIsEncodedAndReplacesTheAgentsOwn() throws Exception {
    // When
    String sent =
        sent(
            new Injection.Query("appid", template("{key}")),
            Map.of("key", SECRET),
            "/a?x=1&appid=mine&%61ppid=mine&api_key=mine;token=mine&y=2");

    // Then
    assertTrue(
        sent.startsWith("GET /a?x=1&y=2&appid=s3cret%2Ftoken%2Bof%20this%3Dtask HTTP/1.1\r\n"),
        sent);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Cookie",
        "X-Api-Key",
        "Api-Key",
        "X-Auth-Token",
        "X-Amz-Security-Token",
        "X-Goog-Api-Key",
        "X-HTTP-Method-Override",
        "X-Original-URL",
        "X-Rewrite-URL",
        "X-Forwarded-Host",
        "X-Forwarded-For",
        "Forwarded",
        "Range",
        "If-Range",
        "Proxy-Connection",
        "Proxy-Anything",
        "Proxy",
        "TE",
        "Keep-Alive",
        "Upgrade",
        "HTTP2-Settings",
        "x_api_key"
      })
  void fieldThatCouldStandBesideTheSecretIsRemoved(String name) throws Exception {
    // When
    String sent =
        sent(
            new Injection.Bearer(template("{token}")),
            Map.of("token", TOKEN),
            "/",
            name + ": of-the-agent\r\n",
            "X-Kept: yes\r\n",
            "Accept-Encoding: gzip, br\r\n");

    // Then
    assertFalse(sent.contains("of-the-agent"), sent);
    assertTrue(sent.contains("X-Kept: yes\r\n"));
    assertTrue(sent.contains("accept-encoding: identity\r\n"));
    assertFalse(sent.contains("gzip"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"long-enough\r\nX: y", "long-enough\n", "long-\u0000enough", "sp ace-enough"})
  void secretThatWouldChangeTheMessageIsNotUsed(String value) throws Exception {
    // When
    String problem = sent(new Injection.Bearer(template("{token}")), Map.of("token", value), "/");

    // Then
    assertEquals("credential-invalid", problem);
  }

  @Test
  void shortSecretIsNotUsedButAShortUsernameIs() throws Exception {
    // When
    String problem =
        sent(
            new Injection.Basic(template("{username}"), template("{password}")),
            Map.of("username", "u", "password", "short12"),
            "/");

    // Then
    assertEquals("credential-invalid", problem);
  }

  @ParameterizedTest
  @ValueSource(strings = {"query", "basic", "bearer", "header"})
  void longestHeadHasRoomForTheLongestSecret(String way) throws Exception {
    // Given
    boolean encoded = way.equals("query") || way.equals("basic");
    String secret = (encoded ? "~%/ " : "abc").repeat(800) + "end";
    Injection injection =
        switch (way) {
          case "query" -> new Injection.Query("key", template("{token}"));
          case "basic" -> new Injection.Basic(template("{token}"), template("{token}"));
          case "bearer" -> new Injection.Bearer(template("{token}"));
          default -> new Injection.Header("x-key", template("{token}"));
        };
    String[] fields = new String[60];
    for (int i = 0; i < fields.length; i++) {
      fields[i] = "X-Field-" + i + ": " + "v".repeat(200) + "\r\n";
    }

    // When
    String sent = sent(injection, Map.of("token", secret), "/?q=" + "a".repeat(2000), fields);

    // Then
    assertEquals(60, count(sent, "v".repeat(200)));
    assertTrue(sent.length() > 60 * 200 + 2000 + secret.length());
  }

  @Test
  void missingFieldIsSaid() throws Exception {
    // When
    String problem = sent(new Injection.Bearer(template("{token}")), Map.of("other", TOKEN), "/");

    // Then
    assertEquals("credential-field-missing", problem);
  }
}
