package dev.leasehold.broker.ca;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is written into the certificates, and what the JDK makes of it. */
final class CertificateTest {
  private static final Instant NOW = Instant.parse("2026-11-25T08:00:00Z");

  private final Root root;

  CertificateTest() throws GeneralSecurityException {
    root = Root.make(NOW);
  }

  private boolean isValid(Set<String> configured, String host) throws GeneralSecurityException {
    Leaf leaf = root.authority(configured, Root.keys()).mint(host, NOW);
    return Chains.isValid(leaf.chain(), List.of(root.certificate()), NOW);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "api.example.com",
        "localhost",
        "a_b.example.com",
        "_srv.example.com",
        "xn--bcher-kva.example",
        "10.1.2.3",
        "2001:db8:0:0:0:0:0:1"
      })
  void aConfiguredHostIsValid(String host) throws GeneralSecurityException {
    assertTrue(isValid(Set.of(host), host));
    assertTrue(isValid(Set.of(host, "other.example.com", "192.0.2.1", "2001:db8::9"), host));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sibling.example.com",
        "example.com",
        "xapi.example.com",
        "com",
        "localhost",
        "127.0.0.1",
        "10.1.2.3",
        "0:0:0:0:0:0:0:1"
      })
  void aHostThatIsNotConfiguredIsRefusedThoughTheAuthoritySignsIt(String host)
      throws GeneralSecurityException {
    assertFalse(isValid(Set.of("api.example.com"), host));
    assertFalse(isValid(Set.of("api.example.com", "10.1.2.4", "2001:db8::9"), host));
    assertFalse(isValid(Set.of("10.1.2.4"), host));
    assertFalse(isValid(Set.of("2001:db8::9"), host));
  }

  @Test
  void anAuthorityCannotMakeAnother() throws GeneralSecurityException {
    Authority authority = root.authority(Set.of("api.example.com"), Root.keys());
    Leaf leaf = authority.mint("api.example.com", NOW);
    assertEquals(-1, leaf.chain().get(0).getBasicConstraints());
    assertEquals(0, leaf.chain().get(1).getBasicConstraints());
    assertEquals(1, root.certificate().getBasicConstraints());
  }

  @Test
  void eachSaysWhatItIsFor() throws GeneralSecurityException {
    List<X509Certificate> chain =
        root.authority(Set.of("api.example.com"), Root.keys()).mint("api.example.com", NOW).chain();
    X509Certificate leaf = chain.get(0);
    X509Certificate authority = chain.get(1);

    assertEquals(Set.of("2.5.29.15", "2.5.29.19"), root.certificate().getCriticalExtensionOIDs());
    assertEquals(
        Set.of("2.5.29.15", "2.5.29.19", "2.5.29.30"), authority.getCriticalExtensionOIDs());
    assertEquals(Set.of("2.5.29.15", "2.5.29.19"), leaf.getCriticalExtensionOIDs());
    assertArrayEquals(only(5), root.certificate().getKeyUsage());
    assertArrayEquals(only(5), authority.getKeyUsage());
    assertArrayEquals(only(0), leaf.getKeyUsage());
    assertNull(root.certificate().getExtendedKeyUsage());
    assertEquals(List.of("1.3.6.1.5.5.7.3.1"), authority.getExtendedKeyUsage());
    assertEquals(List.of("1.3.6.1.5.5.7.3.1"), leaf.getExtendedKeyUsage());
  }

  private static boolean[] only(int bit) {
    boolean[] bits = new boolean[9];
    bits[bit] = true;
    return bits;
  }

  @Test
  void eachNamesTheKeyThatSignedIt() throws GeneralSecurityException {
    List<X509Certificate> chain =
        root.authority(Set.of("api.example.com"), Root.keys()).mint("api.example.com", NOW).chain();
    assertArrayEquals(subjectKey(chain.get(1)), authorityKey(chain.get(0)));
    assertArrayEquals(subjectKey(root.certificate()), authorityKey(chain.get(1)));
    assertNotNull(chain.get(0).getExtensionValue("2.5.29.14"));
  }

  /** The 20 bytes at the end of either extension. */
  private static byte[] subjectKey(X509Certificate certificate) {
    byte[] value = certificate.getExtensionValue("2.5.29.14");
    return Arrays.copyOfRange(value, value.length - 20, value.length);
  }

  private static byte[] authorityKey(X509Certificate certificate) {
    byte[] value = certificate.getExtensionValue("2.5.29.35");
    return Arrays.copyOfRange(value, value.length - 20, value.length);
  }

  @Test
  void aSerialIsPositiveAndOfMoreThan64RandomBits() throws GeneralSecurityException {
    Authority authority = root.authority(Set.of("api.example.com"), Root.keys());
    Set<BigInteger> seen = new java.util.HashSet<>();
    for (int i = 0; i < 50; i++) {
      X509Certificate leaf = authority.mint("api.example.com", NOW).chain().getFirst();
      BigInteger serial = leaf.getSerialNumber();
      assertTrue(serial.signum() > 0 && serial.bitLength() == 127, serial.toString(16));
      assertTrue(seen.add(serial));
    }
  }

  @Test
  void nothingCountsBeforeOrAfterItsTime() throws GeneralSecurityException {
    List<X509Certificate> trusted = List.of(root.certificate());
    Leaf leaf = root.authority(Set.of("a.example"), Root.keys()).mint("a.example", NOW);
    assertEquals(NOW.plus(Duration.ofDays(7)), leaf.notAfter());
    assertTrue(Chains.isValid(leaf.chain(), trusted, NOW.minus(Duration.ofMinutes(59))));
    assertFalse(Chains.isValid(leaf.chain(), trusted, NOW.minus(Duration.ofMinutes(61))));
    assertTrue(Chains.isValid(leaf.chain(), trusted, leaf.notAfter()));
    assertFalse(Chains.isValid(leaf.chain(), trusted, leaf.notAfter().plusSeconds(1)));
  }

  @Test
  void aCertificateMadeShortlyBefore2050IsRead() throws GeneralSecurityException {
    Instant then = Instant.parse("2049-12-30T00:00:00Z");
    Root late = Root.make(then);
    Leaf leaf = late.authority(Set.of("a.example"), Root.keys()).mint("a.example", then);
    assertEquals(Instant.parse("2050-01-06T00:00:00Z"), leaf.notAfter());
    assertTrue(Chains.isValid(leaf.chain(), List.of(late.certificate()), then));
  }
}
