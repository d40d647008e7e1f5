package dev.leasehold.broker.control;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Web pages reach loopback addresses; none is served, whatever token it has. */
class BrowserTest {
  @Test
  void everyTraceOfABrowserIsRefused() throws Exception {
    try (ControlTester tester = ControlTester.setup().start()) {
      List<String> traces =
          List.of(
              "Origin: http://evil.example",
              "Origin: null",
              "Origin: http://127.0.0.1:" + tester.address().getPort(),
              "Sec-Fetch-Site: cross-site",
              "Sec-Fetch-Site: same-origin",
              "Sec-Fetch-Site: none",
              "Access-Control-Request-Method: POST",
              "Access-Control-Request-Private-Network: true");
      for (String trace : traces) {
        // When
        RawCaller.Got got =
            tester.withToken(ControlTester.OPERATOR_TOKEN, Route.LIST, "/v1/tasks", "", trace);

        // Then
        assertEquals(403, got.status(), trace);
        assertEquals("forbidden", got.problem());
      }
    }
  }

  @Test
  void hostMustBeTheListenersOwn() throws Exception {
    try (ControlTester tester = ControlTester.setup().start()) {
      int port = tester.address().getPort();
      for (String host :
          List.of(
              "evil.example",
              "evil.example:" + port,
              "127.0.0.1",
              "127.0.0.1:1",
              "127.1:" + port)) {
        // When
        int status = status(tester, "Host: " + host);

        // Then
        assertEquals(403, status, host);
      }
      assertEquals(200, status(tester, "Host: localhost:" + port));
      assertEquals(200, status(tester, "Host: 127.0.0.1:" + port));
      assertEquals(400, status(tester, "Host: 127.0.0.1:" + port + "\r\nHost: 127.0.0.1:" + port));
    }
  }

  @Test
  void formsOfWebPagesCannotPost() throws Exception {
    try (ControlTester tester = ControlTester.setup().start()) {
      for (String type :
          List.of("text/plain", "application/x-www-form-urlencoded", "multipart/form-data")) {
        // When
        RawCaller.Got got =
            tester.withToken(
                ControlTester.BUYER_TOKEN,
                Route.OPEN,
                "/v1/tasks",
                ControlTester.OPENING,
                "Content-Type: " + type);

        // Then
        assertEquals(400, got.status(), type);
      }
    }
  }

  private static int status(ControlTester tester, String host) throws Exception {
    try (RawCaller caller = tester.onAddress()) {
      caller.write(
          "GET /v1/tasks HTTP/1.1\r\n"
              + host
              + "\r\nAuthorization: Bearer "
              + ControlTester.OPERATOR_TOKEN
              + "\r\n\r\n");
      return caller.read().status();
    }
  }
}
