package dev.leasehold.broker.destination;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One host has one spelling, and what could be read as several hosts is none. */
final class HostNameTest {
  @ParameterizedTest
  @CsvSource({
    "api.example, api.example",
    "API.Example, api.example",
    "localhost, localhost",
    "xn--bcher-kva.example, xn--bcher-kva.example",
    "XN--BCHER-KVA.example, xn--bcher-kva.example",
    "_dmarc.a_b.example, _dmarc.a_b.example",
    "3com.example, 3com.example",
    "1.2.3.example, 1.2.3.example",
    "0xcafe.example, 0xcafe.example",
    "example.0xyz, example.0xyz",
    "192.0.2.1, 192.0.2.1",
    "0.0.0.0, 0.0.0.0",
    "10.100.109.9, 10.100.109.9",
    "255.255.255.255, 255.255.255.255"
  })
  void nameOrAddressHasOneSpelling(String written, String host) {
    assertEquals(host, HostName.name(written));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ".",
        "api.example.",
        ".api.example",
        "api..example",
        "-api.example",
        "api-.example",
        "api.example-",
        "api example",
        "api.example\0",
        "user@api.example",
        "api%2eexample",
        "api.example:443",
        "[::1]",
        "::1"
      })
  void whatIsNoNameIsRefused(String written) {
    assertNull(HostName.name(written));
  }

  /** IDNA has two versions that disagree, and look-alikes for the dot; the form of DNS has one. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "b\u00fccher.example",
        "stra\u00dfe.example",
        "\uff41pi.example",
        "api\u3002example",
        "api\uff0eexample",
        "api.ex\u00adample",
        "\u0430pi.example"
      })
  void internationalNameIsTakenInItsAsciiFormOnly(String written) {
    assertNull(HostName.name(written));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "2130706433",
        "0",
        "127.1",
        "127.0.1",
        "127.0.0.1.1",
        "127.0.0.01",
        "0177.0.0.1",
        "00.0.0.0",
        "127.0.0.256",
        "127.0.0.1000",
        "0x7f000001",
        "0X7F.0.0.1",
        "127.0.0.0x1",
        "0x",
        "host.0x",
        "host.7",
        "host.0x7f"
      })
  void numberThatSomeReadAsAnAddressIsNone(String written) {
    assertNull(HostName.name(written));
  }

  @ParameterizedTest
  @CsvSource({
    "::1, 0:0:0:0:0:0:0:1",
    "0:0:0:0:0:0:0:1, 0:0:0:0:0:0:0:1",
    "2001:DB8::A, 2001:db8:0:0:0:0:0:a",
    "2001:db8:0:0::000a, 2001:db8:0:0:0:0:0:a",
    "::ffff:192.0.2.1, 192.0.2.1",
    "::ffff:c000:201, 192.0.2.1",
    "64:ff9b::192.0.2.1, 64:ff9b:0:0:0:0:c000:201"
  })
  void ipv6AddressHasOneSpelling(String literal, String host) {
    assertEquals(host, HostName.ipv6(literal));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ":",
        ":::",
        "1",
        "192.0.2.1",
        "1:2:3:4:5:6:7",
        "1:2:3:4:5:6:7:8:9",
        "1::2::3",
        "g::1",
        "12345::1",
        "fe80::1%eth0",
        "fe80::1%25eth0",
        "fe80::1%1",
        "::ffff:192.0.2",
        "::ffff:192.0.2.01",
        "::ffff:0xc0.0.2.1",
        "::ffff:192.0.2.1.",
        "v1.x",
        "[::1]",
        " ::1"
      })
  void whatIsNoIpv6AddressIsRefused(String literal) {
    assertNull(HostName.ipv6(literal));
  }

  @Test
  void labelAndNameAreAsLongAsDnsKnowsThem() {
    // Given
    String label = "a".repeat(63);
    String longest = (label + ".").repeat(3) + "a".repeat(61);

    // Then
    assertEquals(253, longest.length());
    assertEquals(longest, HostName.name(longest));
    assertNull(HostName.name(longest + "a"));
    assertNull(HostName.name(label + "a.example"));
  }
}
