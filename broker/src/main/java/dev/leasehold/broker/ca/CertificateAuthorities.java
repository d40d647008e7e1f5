package dev.leasehold.broker.ca;

import java.io.IOException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The CA of new tasks, and the earlier ones of tasks that are still running: an agent's program
 * reads what to trust when it starts, so its task keeps the CA that it was opened under. Safe for
 * several threads.
 */
public final class CertificateAuthorities {
  private static final Logger log = LoggerFactory.getLogger(CertificateAuthorities.class);

  /** Makes a CA for some hosts. */
  @FunctionalInterface
  public interface Maker {
    InterceptionCa make(Set<String> hosts) throws IOException;
  }

  /** Makes the roots known to those who shall trust them. */
  @FunctionalInterface
  public interface Publication {
    void publish(List<X509Certificate> roots) throws IOException;
  }

  /**
   * @param since tasks opened from then on have this one
   */
  private record Term(InterceptionCa ca, Instant since) {}

  private final InstantSource clock;
  private final Duration longestTask;
  private final Maker maker;
  private final Publication publication;

  private Set<String> wanted = Set.of();

  /** The newest last; empty until there is one. */
  private volatile List<Term> terms = List.of();

  private volatile Optional<String> failure = Optional.empty();

  /**
   * Covers no host until {@link #cover}.
   *
   * @param longestTask no task lives longer than this
   */
  public CertificateAuthorities(
      InstantSource clock, Duration longestTask, Publication publication) {
    this(clock, longestTask, hosts -> InterceptionCa.of(hosts, clock), publication);
  }

  /** The same with CAs that are made otherwise than here alone. */
  public CertificateAuthorities(
      InstantSource clock, Duration longestTask, Maker maker, Publication publication) {
    this.clock = clock;
    this.longestTask = longestTask;
    this.maker = maker;
    this.publication = publication;
  }

  /**
   * From here on tasks are opened under a CA for these hosts: the one that there is, where it has
   * them all, or else a new one. Publishes before it returns; blocks.
   *
   * @throws IOException when there cannot be one, or its root not be published; all is as it was
   */
  public synchronized void cover(Set<String> hosts) throws IOException {
    if (terms.isEmpty() || !current().hosts().containsAll(hosts)) {
      follow(hosts);
    }
    wanted = Set.copyOf(hosts);
  }

  /** Has {@link #tend} make the first CA, for these hosts. Until then there is none; blocks. */
  public synchronized void coverLater(Set<String> hosts) throws IOException {
    publication.publish(List.of());
    wanted = Set.copyOf(hosts);
  }

  /**
   * Lets go of CAs whose last task must have ended, makes one where there is none or the end of the
   * present one comes near, and publishes again, for files that were lost. To be called now and
   * then; what fails is logged, and left to the next time. Blocks.
   */
  public synchronized void tend() {
    try {
      List<Term> left = stillNeeded(terms);
      if (!terms.isEmpty()) {
        publish(left);
        terms = left;
      }
      if (terms.isEmpty() || clock.instant().isAfter(current().followedFrom())) {
        follow(wanted);
      }
      failure = Optional.empty();
    } catch (IOException why) {
      failure = Optional.of(String.valueOf(why.getMessage()));
      log.error("event=ca_not_tended cause=\"{}\"", why.getMessage());
    } catch (RuntimeException bug) {
      failure = Optional.of("internal error");
      log.error("event=ca_not_tended", bug);
    }
  }

  /** Why there is no CA that can be used; empty when there is one. Does not block. */
  public Optional<String> missing() {
    List<Term> now = terms;
    if (now.isEmpty()) {
      return Optional.of(failure.orElse("it is not made yet"));
    }
    return clock.instant().isBefore(now.getLast().ca().notAfter())
        ? Optional.empty()
        : Optional.of("it has ended; " + failure.orElse("another is not made yet"));
  }

  /** What the last {@link #tend} could not do. Does not block. */
  public Optional<String> failure() {
    return failure;
  }

  private void follow(Set<String> hosts) throws IOException {
    InterceptionCa ca = hosts.isEmpty() ? InterceptionCa.NONE : maker.make(hosts);
    List<Term> next = new ArrayList<>(terms);
    next.add(new Term(ca, Instant.MAX));
    publish(next);
    // Since now, not before: a program that was started meanwhile may have read the files of
    // before.
    next.set(next.size() - 1, new Term(ca, clock.instant()));
    terms = stillNeeded(next);
    if (!hosts.isEmpty()) {
      log.info("event=ca_in_force hosts={} until={}", hosts.size(), ca.notAfter());
    }
  }

  private void publish(List<Term> of) throws IOException {
    publication.publish(
        of.stream().flatMap(term -> term.ca().roots().stream()).distinct().toList());
  }

  /** Without those that another has followed for longer than any task lives. */
  private List<Term> stillNeeded(List<Term> of) {
    Instant longAgo = clock.instant().minus(longestTask);
    int first = 0;
    while (first + 1 < of.size() && of.get(first + 1).since().isBefore(longAgo)) {
      first++;
    }
    return List.copyOf(of.subList(first, of.size()));
  }

  private InterceptionCa current() {
    return terms.isEmpty() ? InterceptionCa.NONE : terms.getLast().ca();
  }

  /** The CA whose leaves the programs of a task trust; for one older than all, the oldest. */
  public InterceptionCa forTask(Instant openedAt) {
    InterceptionCa found = InterceptionCa.NONE;
    for (Term term : terms) {
      if (found == InterceptionCa.NONE || !openedAt.isBefore(term.since())) {
        found = term.ca();
      }
    }
    return found;
  }
}
