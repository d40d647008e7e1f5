package dev.leasehold.broker.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.leasehold.broker.policy.Call;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What an agent may write for host and port. */
final class AuthorityTest {
  private static Authority parsed(String text) {
    Authority authority = Authority.parse(text);
    assertNotNull(authority, text);
    return authority;
  }

  @ParameterizedTest
  @CsvSource({
    "api.example:8443, api.example, 8443",
    "API.EXAMPLE:1, api.example, 1",
    "xn--bcher-kva.example:65535, xn--bcher-kva.example, 65535",
    "192.0.2.1:80, 192.0.2.1, 80",
    "[2001:DB8::1]:443, 2001:db8:0:0:0:0:0:1, 443",
    "[::ffff:192.0.2.1]:443, 192.0.2.1, 443"
  })
  void hostHasOneSpellingAndThePortIsTheOneWritten(String text, String host, int port) {
    assertEquals(new Authority(host, port), parsed(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"api.example", "192.0.2.1", "[::1]"})
  void portThatIsNotWrittenIsAnyPort(String text) {
    assertEquals(Call.ANY_PORT, parsed(text).port());
    assertFalse(parsed(text).hasPort());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ":80",
        "api.example:",
        "api.example:0",
        "api.example:080",
        "api.example:65536",
        "api.example:123456",
        "api.example:+80",
        "api.example:-1",
        "api.example:8o",
        "api.example:\u0668\u0660",
        "api.example: 80",
        "api.example:80:80",
        "api.example.",
        "api.example.:80",
        "user@api.example",
        "user:password@api.example",
        "@api.example",
        "api.example@evil.example:80",
        "api.example%00",
        "api%2eexample",
        "b\u00fccher.example",
        "api\u3002example",
        "2130706433",
        "127.1:80",
        "0177.0.0.1",
        "0x7f.0.0.1",
        "0x7f000001",
        "127.0.0.1.",
        "::1",
        "2001:db8::1:80",
        "[::1",
        "::1]",
        "[]",
        "[::1]80",
        "[::1]:",
        "[::1]:0",
        "[::1].example",
        "[192.0.2.1]",
        "[api.example]",
        "[fe80::1%eth0]",
        "[fe80::1%25eth0]:80",
        "[[::1]]",
        "[::1]]:80",
        "[v1.x]"
      })
  void whatCouldBeReadInAnotherWayIsNone(String text) {
    assertNull(Authority.parse(text));
  }

  @Test
  void absentPortMeansTheDefaultOne() {
    assertTrue(parsed("api.example").sameAs(parsed("API.example:443"), 443));
    assertTrue(parsed("[::1]:80").sameAs(parsed("[0:0:0:0:0:0:0:1]"), 80));
    assertFalse(parsed("api.example").sameAs(parsed("api.example:443"), 80));
    assertFalse(parsed("api.example:80").sameAs(parsed("api.example:443"), 80));
    assertFalse(parsed("api.example").sameAs(parsed("another.example"), 80));
  }

  @ParameterizedTest
  @ValueSource(strings = {"api.example", "api.example:443", "[0:0:0:0:0:0:0:1]:443"})
  void itIsWrittenAsItIsRead(String text) {
    assertEquals(text, parsed(text).toString());
  }
}
