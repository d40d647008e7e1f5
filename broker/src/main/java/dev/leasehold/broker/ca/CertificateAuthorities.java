package dev.leasehold.broker.ca;

import java.io.IOException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
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

  /** A CA is followed by another so long before its own end. */
  private static final Duration FOLLOWED_BEFORE_END = Duration.ofDays(90);

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
  private final Publication publication;

  /** The newest last; empty until {@link #cover}. */
  private volatile List<Term> terms = List.of();

  /**
   * Covers no host until {@link #cover}.
   *
   * @param longestTask no task lives longer than this
   */
  public CertificateAuthorities(
      InstantSource clock, Duration longestTask, Publication publication) {
    this.clock = clock;
    this.longestTask = longestTask;
    this.publication = publication;
  }

  /**
   * From here on tasks are opened under a CA for these hosts: the one that there is, where it has
   * them all, or else a new one. Publishes before it returns; blocks.
   *
   * @throws IOException when the roots cannot be published; all is as it was
   */
  public synchronized void cover(Set<String> hosts) throws IOException {
    if (terms.isEmpty() || !current().hosts().containsAll(hosts)) {
      follow(hosts);
    }
  }

  /**
   * Lets go of CAs whose last task must have ended, makes a new one well before the end of the
   * present one, and publishes again, for files that were lost. To be called now and then; what
   * fails is logged, and left to the next time. Blocks.
   */
  public synchronized void tend() {
    try {
      if (clock.instant().isAfter(current().notAfter().minus(FOLLOWED_BEFORE_END))) {
        follow(current().hosts());
      } else {
        List<Term> left = stillNeeded(terms);
        publish(left);
        terms = left;
      }
    } catch (IOException failure) {
      log.error("event=ca_not_published cause=\"{}\"", failure.getMessage());
    } catch (RuntimeException bug) {
      log.error("event=ca_not_tended", bug);
    }
  }

  private void follow(Set<String> hosts) throws IOException {
    InterceptionCa ca = hosts.isEmpty() ? InterceptionCa.NONE : InterceptionCa.of(hosts, clock);
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
    publication.publish(of.stream().flatMap(term -> term.ca().roots().stream()).toList());
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
