package dev.leasehold.broker.ca;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.leasehold.broker.testing.ManualClock;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Which CA a task has, and which of them are to be trusted. */
final class CertificateAuthoritiesTest {
  private static final Duration LONGEST_TASK = Duration.ofHours(2);

  private final ManualClock clock = new ManualClock();
  private final List<List<X509Certificate>> published = new ArrayList<>();
  private boolean full;
  private final CertificateAuthorities authorities =
      new CertificateAuthorities(clock, LONGEST_TASK, this::publish);

  private void publish(List<X509Certificate> roots) throws IOException {
    if (full) {
      throw new IOException("no space left");
    }
    published.add(roots);
  }

  private InterceptionCa ofTaskOpenedNow() {
    return authorities.forTask(clock.instant());
  }

  @Test
  void withoutAnyHostThereIsNothing() throws IOException {
    authorities.cover(Set.of());
    authorities.tend();
    assertEquals(Optional.empty(), ofTaskOpenedNow().leaf("a.example"));
    assertTrue(published.stream().allMatch(List::isEmpty));
  }

  @Test
  void whatAnEarlierLifeLeftIsTakenBackAtOnce() throws IOException {
    authorities.cover(Set.of());
    assertEquals(List.of(List.of()), published);
  }

  @Test
  void aReloadThatAddsNoHostKeepsTheCa() throws IOException {
    authorities.cover(Set.of("a.example", "b.example"));
    InterceptionCa first = ofTaskOpenedNow();
    clock.pass(Duration.ofMinutes(1));
    authorities.cover(Set.of("a.example", "b.example"));
    authorities.cover(Set.of("b.example"));
    authorities.cover(Set.of());

    assertSame(first, ofTaskOpenedNow());
    assertEquals(first.roots(), published.getLast());
  }

  @Test
  void aReloadThatAddsAHostMakesASecondCaAndRunningTasksKeepTheirs() throws IOException {
    authorities.cover(Set.of("a.example"));
    Instant before = clock.instant();
    InterceptionCa first = authorities.forTask(before);
    clock.pass(Duration.ofMinutes(1));
    authorities.cover(Set.of("a.example", "b.example"));

    InterceptionCa second = ofTaskOpenedNow();
    assertNotSame(first, second);
    assertSame(first, authorities.forTask(before));
    assertTrue(second.leaf("b.example").isPresent());
    assertTrue(first.leaf("b.example").isEmpty());
    assertEquals(List.of(first.roots().getFirst(), second.roots().getFirst()), published.getLast());
  }

  @Test
  void aCaIsGoneWhenItsLastTaskMustHaveEnded() throws IOException {
    authorities.cover(Set.of("a.example"));
    Instant before = clock.instant();
    InterceptionCa first = authorities.forTask(before);
    clock.pass(Duration.ofMinutes(1));
    authorities.cover(Set.of("b.example"));
    InterceptionCa second = ofTaskOpenedNow();

    clock.pass(LONGEST_TASK);
    authorities.tend();
    assertSame(first, authorities.forTask(before));

    clock.pass(Duration.ofSeconds(1));
    authorities.tend();
    assertSame(second, authorities.forTask(before));
    assertEquals(second.roots(), published.getLast());
  }

  @Test
  void whatCannotBePublishedDoesNotCount() throws IOException {
    authorities.cover(Set.of("a.example"));
    InterceptionCa first = ofTaskOpenedNow();
    full = true;
    assertThrows(IOException.class, () -> authorities.cover(Set.of("b.example")));
    authorities.tend();

    assertSame(first, ofTaskOpenedNow());
    full = false;
    authorities.cover(Set.of("b.example"));
    assertTrue(ofTaskOpenedNow().leaf("b.example").isPresent());
  }

  @Test
  void aCaIsFollowedByAnotherLongBeforeItEnds() throws IOException {
    authorities.cover(Set.of("a.example"));
    InterceptionCa first = ofTaskOpenedNow();
    clock.pass(Duration.ofDays(270));
    authorities.tend();
    assertSame(first, ofTaskOpenedNow());

    clock.pass(Duration.ofDays(10));
    authorities.tend();
    InterceptionCa second = ofTaskOpenedNow();
    assertNotSame(first, second);
    assertEquals(first.hosts(), second.hosts());
    assertTrue(second.notAfter().isAfter(first.notAfter()));
  }

  @Test
  void theFilesAreWrittenAgainNowAndThen() throws IOException {
    authorities.cover(Set.of("a.example"));
    int before = published.size();
    authorities.tend();
    assertEquals(before + 1, published.size());
    assertEquals(ofTaskOpenedNow().roots(), published.getLast());
  }

  private CertificateAuthorities signedBy(FakeSigner signer, Duration life) {
    return new CertificateAuthorities(
        clock,
        LONGEST_TASK,
        hosts -> InterceptionCa.signed(hosts, clock, signer, life),
        this::publish);
  }

  @Test
  void whatAnotherSignsIsMadeWhenItCanBeAndFollowedInTime() throws IOException {
    Duration life = Duration.ofDays(30);
    FakeSigner signer = new FakeSigner(clock, life);
    CertificateAuthorities signed = signedBy(signer, life);

    // Nothing without the signer
    signer.refusal = "Vault is sealed";
    signed.coverLater(Set.of("a.example"));
    assertEquals(Optional.of("it is not made yet"), signed.missing());
    signed.tend();
    assertEquals(Optional.of("Vault is sealed"), signed.missing());
    assertTrue(published.getLast().isEmpty());

    // Made as soon as it answers
    signer.refusal = "";
    signed.tend();
    assertEquals(Optional.empty(), signed.missing());
    assertEquals(List.of(signer.root), published.getLast());
    InterceptionCa first = signed.forTask(clock.instant());
    signed.tend();
    assertEquals(2, signer.asked);

    // Kept while there is none to follow it, and then gone
    clock.pass(Duration.ofDays(21));
    signer.refusal = "Vault is sealed";
    signed.tend();
    assertSame(first, signed.forTask(clock.instant()));
    assertEquals(Optional.empty(), signed.missing());
    assertEquals(Optional.of("Vault is sealed"), signed.failure());
    clock.pass(Duration.ofDays(10));
    assertEquals(Optional.of("it has ended; Vault is sealed"), signed.missing());

    signer.refusal = "";
    signed.tend();
    assertNotSame(first, signed.forTask(clock.instant()));
    assertEquals(Optional.empty(), signed.failure());
    assertEquals(List.of(signer.root), published.getLast());
  }

  @Test
  void aReloadWhoseCaIsNotSignedChangesNothing() throws IOException {
    Duration life = Duration.ofDays(30);
    FakeSigner signer = new FakeSigner(clock, life);
    CertificateAuthorities signed = signedBy(signer, life);
    signed.cover(Set.of("a.example"));
    InterceptionCa first = signed.forTask(clock.instant());

    signer.refusal = "permission denied";
    assertThrows(IOException.class, () -> signed.cover(Set.of("b.example")));
    assertSame(first, signed.forTask(clock.instant()));
    signed.cover(Set.of("a.example"));
  }

  @Test
  void aHostThatAReloadTookAwayIsNoneOfTheNextCas() throws IOException {
    authorities.cover(Set.of("a.example", "b.example"));
    authorities.cover(Set.of("b.example"));
    clock.pass(Duration.ofDays(280));
    authorities.tend();
    assertEquals(Set.of("b.example"), ofTaskOpenedNow().hosts());
  }
}
