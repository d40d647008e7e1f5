package dev.leasehold.broker.destination;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.leasehold.broker.destination.Target.Scheme;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class TargetTest {
  @ParameterizedTest
  @CsvSource({
    "HTTP, api.example, 80, http://api.example",
    "HTTP, api.example, 8080, http://api.example:8080",
    "HTTP, api.example, 443, http://api.example:443",
    "HTTPS, api.example, 443, https://api.example",
    "HTTPS, xn--bcher-kva.example, 443, https://xn--bcher-kva.example",
    "HTTPS, a_b.example, 8443, https://a_b.example:8443",
    "HTTPS, 192.0.2.1, 443, https://192.0.2.1",
    "HTTPS, 2001:db8::1, 443, https://[2001:db8::1]",
    "HTTPS, ::1, 8443, https://[::1]:8443",
    "HTTPS, ::ffff:192.0.2.1, 443, https://[::ffff:192.0.2.1]",
    "POSTGRESQL, db, 5432, postgresql://db",
    "POSTGRESQL, db, 5433, postgresql://db:5433"
  })
  void originIsWrittenWithThePortOnlyWhereItIsNotTheSchemesOwn(
      Scheme scheme, String host, int port, String origin) {
    assertEquals(origin, new Target(scheme, host, port).toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "API.example",
        "api.example.",
        ".api.example",
        "api..example",
        "user@api.example",
        "api.example:443",
        "a.b:443",
        "api.example/x",
        "api.example?x",
        "api.example#x",
        "api.example\\x",
        "api%2eexample",
        "api example",
        "api.example\0",
        "api.example\r\n",
        "-api.example",
        "api-.example",
        "2130706433",
        "127.1",
        "0x7f.1",
        "0x7f000001",
        "127.0.0.01",
        "127.0.0.256",
        "b\u00fccher.example",
        "\uff41pi.example",
        "api\u3002example",
        "[::1]",
        "[[::1]]",
        "::1%eth0",
        "fe80::1%1",
        "::g",
        "::FFFF",
        ":"
      })
  void whatIsNoNameAndNoAddressIsNoHost(String host) {
    assertThrows(IllegalArgumentException.class, () -> new Target(Scheme.HTTPS, host, 443));
  }

  @Test
  void longestNameIsTheLongestThatDnsKnows() {
    // Given
    String label = "a".repeat(62);
    String longest = (label + ".").repeat(4) + "a";

    // Then
    assertEquals(253, longest.length());
    assertEquals(longest, new Target(Scheme.HTTPS, longest, 443).host());
    assertThrows(
        IllegalArgumentException.class, () -> new Target(Scheme.HTTPS, longest + "a", 443));
  }

  @ParameterizedTest
  @ValueSource(ints = {Integer.MIN_VALUE, -1, 0, 65_536, Integer.MAX_VALUE})
  void portOutOfRangeIsRefused(int port) {
    assertThrows(IllegalArgumentException.class, () -> new Target(Scheme.HTTP, "h", port));
  }

  @Test
  void schemeHostAndPortAllCount() {
    // Given
    Target target = new Target(Scheme.HTTPS, "h", 443);

    // Then
    assertEquals(target, new Target(Scheme.HTTPS, "h", 443));
    assertNotEquals(target, new Target(Scheme.HTTP, "h", 443));
    assertNotEquals(target, new Target(Scheme.HTTPS, "h", 444));
    assertNotEquals(target, new Target(Scheme.HTTPS, "g", 443));
  }
}
