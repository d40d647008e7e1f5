package dev.leasehold.broker;

import dev.leasehold.broker.ca.CertificateAuthorities;
import dev.leasehold.broker.ca.TrustFiles;
import dev.leasehold.broker.config.Configuration;
import dev.leasehold.broker.lease.Timers;
import dev.leasehold.broker.local.OwnUid;
import dev.leasehold.broker.upstream.TlsEngines;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Set;

/**
 * The CA that agents are shown instead of the targets' own, and the files by which they trust it;
 * kept to the hosts of the configuration in force.
 */
final class Interception implements AutoCloseable {
  /** How long a lost file may be missing. */
  static final Duration TENDED_EVERY = Duration.ofMinutes(5);

  /** No kind may live longer, whatever a reload says. */
  private static final Duration LONGEST_TASK = Duration.ofDays(30);

  private final TrustFiles files;
  private final CertificateAuthorities authorities;
  private Timers.Timer next = () -> {};
  private boolean closed;

  private Interception(TrustFiles files, InstantSource clock) {
    this.files = files;
    this.authorities = new CertificateAuthorities(clock, LONGEST_TASK, files);
  }

  /** Blocks. */
  static Interception start(Configuration configuration) throws IOException {
    return start(
        new TrustFiles(configuration.runtimeDir(), OwnUid.read(), TlsEngines::systemRoots),
        InstantSource.system(),
        configuration.httpHosts());
  }

  static Interception start(TrustFiles files, InstantSource clock, Set<String> hosts)
      throws IOException {
    Interception interception = new Interception(files, clock);
    try {
      interception.authorities.cover(hosts);
      return interception;
    } catch (IOException failure) {
      interception.close();
      throw failure;
    }
  }

  CertificateAuthorities authorities() {
    return authorities;
  }

  /** Before {@code next} is in force; blocks. */
  void cover(Configuration next) throws IOException {
    authorities.cover(next.httpHosts());
  }

  /** Follows a CA before its end, and writes lost files again, until this is closed. */
  synchronized void tend(Timers timers) {
    if (!closed) {
      next = timers.at(timers.clock().nanos() + TENDED_EVERY.toNanos(), () -> tendNow(timers));
    }
  }

  private void tendNow(Timers timers) {
    try {
      authorities.tend();
    } finally {
      tend(timers);
    }
  }

  @Override
  public void close() throws IOException {
    synchronized (this) {
      closed = true;
      next.cancel();
    }
    files.close();
  }
}
