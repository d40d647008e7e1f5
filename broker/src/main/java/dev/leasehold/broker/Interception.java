package dev.leasehold.broker;

import dev.leasehold.broker.ca.CertificateAuthorities;
import dev.leasehold.broker.ca.TrustFiles;
import dev.leasehold.broker.config.Configuration;
import dev.leasehold.broker.local.OwnUid;
import dev.leasehold.broker.upstream.TlsEngines;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;

/**
 * The CA that agents are shown instead of the targets' own, and the files by which they trust it;
 * kept to the hosts of the configuration in force.
 */
final class Interception implements AutoCloseable {
  /** No kind may live longer, whatever a reload says. */
  private static final Duration LONGEST_TASK = Duration.ofDays(30);

  private final TrustFiles files;
  private final CertificateAuthorities authorities;

  private Interception(TrustFiles files) {
    this.files = files;
    this.authorities = new CertificateAuthorities(InstantSource.system(), LONGEST_TASK, files);
  }

  /** Blocks. */
  static Interception start(Configuration configuration) throws IOException {
    Interception interception =
        new Interception(
            new TrustFiles(configuration.runtimeDir(), OwnUid.read(), TlsEngines::systemRoots));
    try {
      interception.cover(configuration);
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

  @Override
  public void close() throws IOException {
    files.close();
  }
}
