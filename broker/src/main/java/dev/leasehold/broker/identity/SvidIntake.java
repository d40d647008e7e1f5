package dev.leasehold.broker.identity;

import dev.leasehold.broker.telemetry.BootClock;
import io.spiffe.svid.x509svid.X509Svid;
import io.spiffe.workloadapi.X509Context;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Turns what the Workload API sends into a snapshot, or says why it cannot be one. */
final class SvidIntake {
  /** What became of one update. */
  sealed interface Outcome {
    record Accepted(IdentitySnapshot snapshot) implements Outcome {}

    record Refused(String reason) implements Outcome {}
  }

  private final BootClock clock;
  private final Clock wall;
  // Once chosen without a name, the same one stays ours when a second is offered later.
  private Optional<String> wanted;

  SvidIntake(Optional<String> configured, BootClock clock, Clock wall) {
    this.wanted = configured;
    this.clock = clock;
    this.wall = wall;
  }

  Outcome take(X509Context context) {
    List<X509Svid> offered = context.getX509Svids();
    List<String> names = offered.stream().map(svid -> svid.getSpiffeId().toString()).toList();
    return switch (SvidChoice.of(names, wanted)) {
      case SvidChoice.Refused(String reason) -> new Outcome.Refused(reason);
      case SvidChoice.Chosen(int index) -> take(offered.get(index), context);
    };
  }

  private Outcome take(X509Svid svid, X509Context context) {
    String spiffeId = svid.getSpiffeId().toString();
    Map<String, Set<X509Certificate>> bundles = new HashMap<>();
    context
        .getX509BundleSet()
        .getBundles()
        .forEach((domain, bundle) -> bundles.put(domain.getName(), bundle.getX509Authorities()));
    long bootNow = clock.nanos();
    Instant now = wall.instant();
    Instant expires =
        svid.getChain().stream()
            .map(certificate -> certificate.getNotAfter().toInstant())
            .min(Instant::compareTo)
            .orElseThrow();
    if (!expires.isAfter(now)) {
      return new Outcome.Refused("the Workload API serves an SVID that expired at " + expires);
    }
    wanted = Optional.of(spiffeId);
    return new Outcome.Accepted(
        new IdentitySnapshot(
            spiffeId,
            svid.getChain(),
            svid.getPrivateKey(),
            bootNow + Duration.between(now, expires).toNanos(),
            bundles));
  }
}
