package dev.leasehold.broker.ca;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.leasehold.broker.testing.Eventually;
import dev.leasehold.broker.testing.ManualClock;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** Which leaves there are, and how often they are minted. */
final class InterceptionCaTest {
  private final ManualClock clock = new ManualClock();
  private final InterceptionCa ca = InterceptionCa.of(Set.of("api.example.com", "10.1.2.3"), clock);

  private Leaf leaf(String host) {
    return ca.leaf(host).orElseThrow().join();
  }

  @Test
  void aLeafHasTheHostItsKeyAndTheAuthorityThatSigned() throws Exception {
    Leaf leaf = leaf("api.example.com");

    X509Certificate certificate = leaf.chain().getFirst();
    assertEquals(2, leaf.chain().size());
    assertEquals(
        List.of(List.of(2, "api.example.com")),
        List.copyOf(certificate.getSubjectAlternativeNames()));
    certificate.verify(leaf.chain().getLast().getPublicKey());
    leaf.chain().getLast().verify(ca.roots().getFirst().getPublicKey());
    assertEquals(leaf.notAfter(), certificate.getNotAfter().toInstant());
    assertTrue(Signatures.match(leaf.key(), certificate.getPublicKey()));
  }

  @Test
  void aHostThatIsNotConfiguredMintsNothing() {
    for (int i = 0; i < 10_000; i++) {
      assertEquals(Optional.empty(), ca.leaf("host-" + i + ".example.com"));
    }
    assertEquals(Optional.empty(), ca.leaf("below.api.example.com"));
    assertEquals(Optional.empty(), ca.leaf("10.1.2.4"));
    assertEquals(Set.of("api.example.com", "10.1.2.3"), ca.hosts());
  }

  @Test
  void allWhoAskAtOnceGetTheSameLeaf() throws Exception {
    CountDownLatch start = new CountDownLatch(1);
    List<CompletableFuture<Leaf>> asked = new ArrayList<>();
    for (int i = 0; i < 64; i++) {
      CompletableFuture<Leaf> got = new CompletableFuture<>();
      asked.add(got);
      Thread.ofPlatform()
          .start(
              () -> {
                try {
                  start.await();
                  got.complete(leaf("api.example.com"));
                } catch (InterruptedException | RuntimeException failure) {
                  got.completeExceptionally(failure);
                }
              });
    }
    start.countDown();
    Leaf first = asked.getFirst().join();
    asked.forEach(leaf -> assertSame(first, leaf.join()));
  }

  @Test
  void aLeafIsMintedAnewBeforeItEnds() {
    Leaf first = leaf("api.example.com");
    clock.pass(Duration.ofDays(4));
    assertSame(first, leaf("api.example.com"));

    clock.pass(Duration.ofDays(2));
    assertSame(first, leaf("api.example.com"), "nobody waits while the old one still counts");
    Eventually.holds("another leaf", () -> !leaf("api.example.com").equals(first));
    assertTrue(leaf("api.example.com").notAfter().isAfter(first.notAfter()));
  }

  @Test
  void aLeafThatHasEndedIsNeverShown() {
    Leaf first = leaf("api.example.com");
    clock.pass(Duration.ofDays(8));

    Leaf second = leaf("api.example.com");
    assertNotSame(first, second);
    assertTrue(second.notAfter().isAfter(clock.instant()));
    assertNotEquals(
        first.chain().getFirst().getSerialNumber(), second.chain().getFirst().getSerialNumber());
  }

  @Test
  void noLeafOutlivesTheCa() {
    clock.pass(Root.LIFE.minusDays(1));
    Leaf last = leaf("api.example.com");
    assertEquals(ca.notAfter().getEpochSecond(), last.notAfter().getEpochSecond());
    clock.pass(Duration.ofHours(12));
    assertSame(last, leaf("api.example.com"), "another would not live longer");
  }

  @Test
  void manyHostsAreSharedOutAmongAuthoritiesOfAFewHostsEach() {
    List<String> hosts = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      hosts.add("host-" + i + ".example.com");
    }
    InterceptionCa large = InterceptionCa.of(Set.copyOf(hosts), clock);
    for (String host : hosts) {
      List<X509Certificate> chain = large.leaf(host).orElseThrow().join().chain();
      assertTrue(Chains.isValid(chain, large.roots(), clock.instant()), host);
      assertTrue(Chains.size(chain) < 4096, "a handshake stays small");
    }
  }

  @Test
  void nothingOfAKeyIsPrinted() {
    Leaf leaf = leaf("api.example.com");
    assertFalse(leaf.toString().contains("key"), leaf.toString());
  }

  @Test
  void twoCasHaveNothingInCommon() {
    InterceptionCa other = InterceptionCa.of(Set.of("api.example.com"), clock);
    assertNotEquals(
        ca.roots().getFirst().getSubjectX500Principal(),
        other.roots().getFirst().getSubjectX500Principal());
    assertFalse(
        Chains.isValid(
            other.leaf("api.example.com").orElseThrow().join().chain(),
            ca.roots(),
            clock.instant()));
    assertArrayEquals(new Object[0], InterceptionCa.NONE.roots().toArray());
  }
}
