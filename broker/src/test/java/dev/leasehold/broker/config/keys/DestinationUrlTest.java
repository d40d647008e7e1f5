package dev.leasehold.broker.config.keys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.leasehold.broker.destination.Target;
import dev.leasehold.broker.destination.Target.Scheme;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What may stand at {@code url} of a destination. */
final class DestinationUrlTest {
  @ParameterizedTest
  @CsvSource({
    "https://api.example, HTTPS, api.example, 443, /",
    "http://api.example, HTTP, api.example, 80, /",
    "postgresql://db.internal/orders, POSTGRESQL, db.internal, 5432, /orders",
    "https://api.example:8443/v1, HTTPS, api.example, 8443, /v1",
    "http://api.example:443/, HTTP, api.example, 443, /",
    "https://API.Example/V1, HTTPS, api.example, 443, /V1",
    "https://xn--bcher-kva.example, HTTPS, xn--bcher-kva.example, 443, /",
    "https://192.0.2.1:65535, HTTPS, 192.0.2.1, 65535, /",
    "https://[2001:DB8::1], HTTPS, 2001:db8:0:0:0:0:0:1, 443, /",
    "https://[::1]:8443/v1, HTTPS, 0:0:0:0:0:0:0:1, 8443, /v1",
    "https://[::ffff:192.0.2.1], HTTPS, 192.0.2.1, 443, /"
  })
  void urlIsOneTargetAndOnePath(String url, Scheme scheme, String host, int port, String path) {
    assertEquals(
        new DestinationUrl(new Target(scheme, host, port), path), DestinationUrl.parse(url));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "api.example",
        "//api.example",
        "ftp://api.example",
        "HTTPS://api.example",
        "https:/api.example",
        "https://",
        "https:///v1",
        "https://:443",
        "https://user@api.example",
        "https://user:password@api.example",
        "https://api.example?a=1",
        "https://api.example#part",
        "https://api.example:",
        "https://api.example:0",
        "https://api.example:0443",
        "https://api.example:65536",
        "https://api.example:https",
        "https://api.example.",
        "https://api.example./v1",
        "https://api..example",
        "https://-api.example",
        "https://api%2eexample",
        "https://b\u00fccher.example",
        "https://api\u3002example",
        "https://2130706433",
        "https://127.1",
        "https://127.0.0.01",
        "https://0177.0.0.1",
        "https://0x7f.0.0.1",
        "https://0x7f000001",
        "https://256.0.0.1",
        "https://[192.0.2.1]",
        "https://[fe80::1%eth0]",
        "https://[fe80::1%25eth0]",
        "https://[::1",
        "https://[::1]x",
        "https://[]",
        "https://::1",
        "https://api.example/a/../b",
        "https://api.example//a",
        "https://api.example/a%2Fb",
        "https://api.example/a b",
        "postgresql://db.internal",
        "postgresql://db.internal/",
        "postgresql://db.internal/orders/more"
      })
  void whatCouldBeReadInAnotherWayIsRefused(String url) {
    assertThrows(IllegalArgumentException.class, () -> DestinationUrl.parse(url));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"https://b\u00fccher.example", "https://2130706433", "https://[fe80::1%1]"})
  void refusalSaysWhatToWriteAndNeverEchoesTheUrl(String url) {
    String message =
        String.valueOf(
            assertThrows(IllegalArgumentException.class, () -> DestinationUrl.parse(url))
                .getMessage());
    assertTrue(message.contains(url.contains("[") ? "without a zone" : "xn--"), message);
    assertFalse(message.contains(url.substring("https://".length())), message);
  }
}
