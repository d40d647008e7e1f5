package dev.leasehold.testbed.spiffe;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.ECKey;
import dev.leasehold.testbed.server.RunFolder;
import dev.leasehold.testbed.server.ServerKind;
import dev.leasehold.testbed.tls.Pem;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A trust domain inside this JVM, with a Workload API on a real Unix socket that tells its callers
 * apart by uid. Replaces each X.509-SVID at half of its life, as SPIRE does, and misbehaves on
 * command.
 */
public final class EmbeddedTrustDomain implements WorkloadIdentity {

  private static final Duration TICK = Duration.ofMillis(200);

  /** How the Workload API behaves. */
  public enum Behaviour {
    /** As it should. */
    NORMAL,
    /** Nobody has an identity: PERMISSION_DENIED, open streams included. */
    NO_IDENTITY,
    /** X.509-SVIDs whose life has ended. */
    EXPIRED,
    /** Calls are accepted and never answered. */
    SILENT
  }

  private final String trustDomain;
  private final Path socketPath;
  private final Authorities authorities;
  private final IssuedSvids issued;
  private final WorkloadApiService service;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("trust-domain").daemon().factory());
  private volatile Behaviour behaviour = Behaviour.NORMAL;
  private volatile Duration delay = Duration.ZERO;
  private @Nullable WorkloadApiSocket socket;

  private EmbeddedTrustDomain(String trustDomain, Path folder) {
    this.trustDomain = trustDomain;
    this.socketPath = folder.resolve("api.sock");
    this.authorities = new Authorities(trustDomain);
    this.issued = new IssuedSvids(authorities);
    this.service =
        new WorkloadApiService(
            new CurrentState(trustDomain, authorities, issued, () -> behaviour), this::pace);
    this.socket = WorkloadApiSocket.listen(socketPath, service);
    var unused =
        timer.scheduleWithFixedDelay(
            this::replaceAged, TICK.toMillis(), TICK.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Listens on a socket in a folder of the run. */
  public static EmbeddedTrustDomain start(String trustDomain, RunFolder run) {
    return run.keep(new EmbeddedTrustDomain(trustDomain, run.folder("wl")));
  }

  @Override
  public String trustDomain() {
    return trustDomain;
  }

  @Override
  public URI workloadApi() {
    return URI.create("unix://" + socketPath);
  }

  @Override
  public void register(String spiffeId, int uid, String dnsName, Duration ttl) {
    Entry entry = new Entry(spiffeId, uid, dnsName, ttl);
    if (!entry.trustDomain().equals(trustDomain)) {
      throw new IllegalArgumentException(spiffeId + " is not of " + trustDomain);
    }
    issued.add(entry);
    service.pushAll();
  }

  @Override
  public String bundlePem() {
    return Pem.of(authorities.bundle());
  }

  @Override
  public List<String> jwtAuthoritiesPem() {
    return authorities.jwtBundle().stream().map(EmbeddedTrustDomain::pem).toList();
  }

  private static String pem(ECKey key) {
    try {
      return Pem.of(key.toECPublicKey());
    } catch (JOSEException broken) {
      throw new IllegalStateException(broken);
    }
  }

  /** Every workload gets a new X.509-SVID with a new key, now. */
  public void rotate() {
    issued.replaceAll();
    service.pushAll();
  }

  /** New X.509 and JWT authorities sign from now on; the bundles hold the old ones as well. */
  public void rotateAuthorities() {
    authorities.add();
    rotate();
  }

  /** The bundles hold the newest authorities only. */
  public void dropOldAuthorities() {
    authorities.dropOld();
    service.pushAll();
  }

  /** Changes what the Workload API does; streams that are open see it too. */
  public void behave(Behaviour next) {
    behaviour = next;
    service.pushAll();
  }

  /** Every answer comes this much later. */
  public void delay(Duration later) {
    delay = later;
  }

  /** Nobody listens on the socket, and the streams that were open are cut. */
  public synchronized void stop() {
    if (socket != null) {
      socket.close();
      socket = null;
    }
  }

  /** Listens again after {@link #stop}. */
  public synchronized void restart() {
    stop();
    socket = WorkloadApiSocket.listen(socketPath, service);
  }

  private void replaceAged() {
    if (issued.replaceAged()) {
      service.pushAll();
    }
  }

  private void pace(Runnable answer) {
    if (behaviour == Behaviour.SILENT) {
      return;
    }
    Duration later = delay;
    if (later.isZero()) {
      answer.run();
    } else {
      var unused = timer.schedule(answer, later.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  @Override
  public ServerKind kind() {
    return ServerKind.EMBEDDED;
  }

  @Override
  public String describe() {
    return "Workload API (embedded)";
  }

  @Override
  public void close() {
    timer.shutdownNow();
    stop();
  }

  @Override
  public String toString() {
    return describe() + " of " + trustDomain + " at " + workloadApi();
  }
}
