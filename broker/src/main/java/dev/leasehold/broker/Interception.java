package dev.leasehold.broker;

import dev.leasehold.broker.ca.CertificateAuthorities;
import dev.leasehold.broker.ca.InterceptionCa;
import dev.leasehold.broker.ca.Signer;
import dev.leasehold.broker.ca.TrustFiles;
import dev.leasehold.broker.config.Configuration;
import dev.leasehold.broker.lease.Timers;
import dev.leasehold.broker.local.OwnUid;
import dev.leasehold.broker.upstream.TlsEngines;
import dev.leasehold.broker.vault.SigningConfig;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
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
  private volatile Signer signer =
      (name, request, constraints) -> {
        throw new IOException("Vault was not asked yet");
      };
  private Timers.Timer next = () -> {};
  private boolean closed;

  private Interception(TrustFiles files, InstantSource clock, Optional<Duration> signedFor) {
    this.files = files;
    this.authorities =
        signedFor.isEmpty()
            ? new CertificateAuthorities(clock, LONGEST_TASK, files)
            : new CertificateAuthorities(
                clock,
                LONGEST_TASK,
                hosts ->
                    InterceptionCa.signed(
                        hosts,
                        clock,
                        (name, request, bounds) -> signer.sign(name, request, bounds),
                        signedFor.get()),
                files);
  }

  /** Where the CA is to be signed there is none before {@link #makeBy}. Blocks. */
  static Interception start(Configuration configuration) throws IOException {
    return start(
        new TrustFiles(configuration.runtimeDir(), OwnUid.read(), TlsEngines::systemRoots),
        InstantSource.system(),
        configuration.httpHosts(),
        configuration.signing().map(SigningConfig::life));
  }

  /**
   * @param signedFor how long a CA lives that another signs; empty: we sign
   */
  static Interception start(
      TrustFiles files, InstantSource clock, Set<String> hosts, Optional<Duration> signedFor)
      throws IOException {
    Interception interception = new Interception(files, clock, signedFor);
    try {
      if (signedFor.isPresent()) {
        interception.authorities.coverLater(hosts);
      } else {
        interception.authorities.cover(hosts);
      }
      return interception;
    } catch (IOException failure) {
      interception.close();
      throw failure;
    }
  }

  CertificateAuthorities authorities() {
    return authorities;
  }

  /** Has {@code by} sign from here on, and makes the CA that is missing, if it can. Blocks. */
  void makeBy(Signer by) {
    signer = by;
    if (notReady().isPresent()) {
      authorities.tend();
    }
  }

  /** Why there is no CA; empty when there is one. */
  Optional<String> notReady() {
    return authorities.missing().map(why -> "no interception CA: " + why);
  }

  /** Why there will be none unless somebody acts. */
  List<String> warnings() {
    return authorities.failure().stream()
        .map(why -> "the interception CA could not be tended: " + why)
        .toList();
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
