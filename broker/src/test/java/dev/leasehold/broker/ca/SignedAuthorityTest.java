package dev.leasehold.broker.ca;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.leasehold.broker.testing.ManualClock;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A CA that another signs: nothing but exactly what was asked for is used. */
final class SignedAuthorityTest {
  private static final Duration LIFE = Duration.ofDays(30);
  private static final int AUTHORITY = 0;
  private static final int USAGE = 1;
  private static final int CONSTRAINTS = 2;
  private static final int SUBJECT_KEY = 3;

  private final ManualClock clock = new ManualClock();
  private final FakeSigner signer = new FakeSigner(clock, LIFE);

  private InterceptionCa make(Set<String> hosts) throws IOException {
    return InterceptionCa.signed(hosts, clock, signer, LIFE);
  }

  @Test
  void whoTrustsTheSignersRootTrustsTheLeaves() throws IOException {
    Set<String> hosts = Set.of("a.example", "10.1.2.3", "2001:db8::1");
    InterceptionCa ca = make(hosts);

    assertEquals(List.of(signer.root), ca.roots());
    for (String host : hosts) {
      List<X509Certificate> chain = ca.leaf(host).orElseThrow().join().chain();
      assertEquals(2, chain.size());
      assertTrue(Chains.isValid(chain, ca.roots(), clock.instant()), host);
    }
  }

  @Test
  void whatStandsBetweenIsShownAndTheRootTrusted() throws IOException {
    signer.belowAnother = true;
    InterceptionCa ca = make(Set.of("a.example"));

    assertEquals(List.of(signer.root), ca.roots());
    List<X509Certificate> chain = ca.leaf("a.example").orElseThrow().join().chain();
    assertEquals(3, chain.size());
    assertTrue(Chains.isValid(chain, ca.roots(), clock.instant()));
  }

  @Test
  void anotherFollowsWhenTwoThirdsOfItsLifeAreOver() throws IOException {
    InterceptionCa ca = make(Set.of("a.example"));
    assertEquals(clock.instant().plus(Duration.ofDays(20)), ca.followedFrom());
    assertEquals(clock.instant().plus(LIFE), ca.notAfter());
  }

  @Test
  void manyHostsAreSignedAFewAtATimeBelowOneRoot() throws IOException {
    InterceptionCa ca =
        make(
            IntStream.range(0, 70)
                .mapToObj(i -> "host-" + i + ".example")
                .collect(Collectors.toSet()));
    assertEquals(3, signer.asked);
    assertEquals(List.of(signer.root), ca.roots());
  }

  static Stream<Arguments> wrong() {
    Constraints wider = Constraints.of(List.of("a.example", "example"));
    Constraints addresses = new Constraints(List.of("a.example"), List.of(), List.of());
    return Stream.of(
        wrong("empty", signer -> signer.empty = true),
        wrong("key is not ours", signer -> signer.otherKey = true),
        wrong("none below it", signer -> swap(signer, AUTHORITY, Extension.authority(1))),
        wrong("none below it", signer -> swap(signer, AUTHORITY, Extension.noAuthority())),
        wrong("none below it", signer -> signer.leftOut = List.of(AUTHORITY)),
        wrong("may not sign", signer -> signer.leftOut = List.of(USAGE)),
        wrong("may do more", signer -> swap(signer, USAGE, Extension.signsHandshakes())),
        wrong("name constraints", signer -> signer.leftOut = List.of(CONSTRAINTS)),
        wrong(
            "name constraints", signer -> swap(signer, CONSTRAINTS, Extension.constraints(wider))),
        wrong(
            "OpenBao does not",
            signer -> swap(signer, CONSTRAINTS, Extension.constraints(addresses))),
        wrong(
            "name constraints",
            signer -> swap(signer, CONSTRAINTS, notCritical(Constraints.of(List.of("a.example"))))),
        wrong("ends at", signer -> signer.wrongLife = Duration.ofHours(2)),
        wrong("ends at", signer -> signer.wrongLife = Duration.ofHours(-2)),
        wrong("ends before it", signer -> signer.wrongLife = Duration.ZERO),
        wrong("no key identifier", signer -> signer.leftOut = List.of(SUBJECT_KEY)),
        wrong("do not lead to a root", signer -> signer.otherSignature = true),
        wrong("do not lead to a root", signer -> signer.withoutRoot = true),
        wrong(
            "refused",
            signer -> {
              signer.belowAnother = true;
              signer.below = 0;
            }),
        wrong("refused", signer -> signer.wrongBegin = Duration.ofHours(2)));
  }

  private static Arguments wrong(String why, Consumer<FakeSigner> how) {
    return Arguments.of(why, how);
  }

  private static void swap(FakeSigner signer, int extension, byte[] other) {
    signer.leftOut = List.of(extension);
    signer.instead = List.of(other);
  }

  private static byte[] notCritical(Constraints constraints) {
    return Der.sequence(
        Der.oid(Extension.NAME_CONSTRAINTS), Der.octets(Extension.constraintsOf(constraints)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("wrong")
  void anythingElseIsRefused(String why, Consumer<FakeSigner> how) {
    if (why.equals("ends before it")) {
      clock.pass(Duration.ofDays(390)); // the root has ten days left
    }
    how.accept(signer);
    IOException refused = assertThrows(IOException.class, () -> make(Set.of("a.example")));
    assertTrue(String.valueOf(refused.getMessage()).contains(why), refused.getMessage());
  }
}
