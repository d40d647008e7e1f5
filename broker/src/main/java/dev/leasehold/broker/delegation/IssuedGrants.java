package dev.leasehold.broker.delegation;

import dev.leasehold.broker.audit.AuditEvent;
import dev.leasehold.broker.audit.TaskEvent;
import dev.leasehold.broker.identity.IdentitySnapshot;
import dev.leasehold.broker.lease.Elsewhere;
import dev.leasehold.broker.lease.Report;
import dev.leasehold.broker.lease.Timers;
import dev.leasehold.broker.secret.Revocability;
import dev.leasehold.broker.task.Narrowing;
import dev.leasehold.broker.task.Task;
import dev.leasehold.broker.task.TaskId;
import dev.leasehold.broker.telemetry.Metrics;
import java.io.IOException;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What tasks of here granted to other sidecars. When such a task ends the other side is told at
 * once, and again until it answers or the grant has died by itself.
 */
public final class IssuedGrants implements Elsewhere {
  private static final Logger LOG = LoggerFactory.getLogger(IssuedGrants.class);

  /** How long a report waits for the other side. */
  private static final Duration PATIENCE = Duration.ofSeconds(12);

  private static final Duration FIRST_PAUSE = Duration.ofMillis(250);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

  private record Issued(Task task, String id, String peer, URI address, Instant ends) {}

  private final DelegationConfig config;
  private final Supplier<Optional<IdentitySnapshot>> identity;
  private final InstantSource clock;
  private final Timers timers;
  private final Consumer<AuditEvent> audit;
  private final Metrics metrics;
  private final SecureRandom random = new SecureRandom();
  private final Map<TaskId, Set<Issued>> issued = new ConcurrentHashMap<>();

  public IssuedGrants(
      DelegationConfig config,
      Supplier<Optional<IdentitySnapshot>> identity,
      InstantSource clock,
      Timers timers,
      Consumer<AuditEvent> audit,
      Metrics metrics) {
    this.config = config;
    this.identity = identity;
    this.clock = clock;
    this.timers = timers;
    this.audit = audit;
    this.metrics = metrics;
  }

  /** A grant, as it is handed out. */
  public record Handed(String token, Instant ends) {}

  /** Whether work can be handed to that sidecar. */
  public boolean knows(String peer) {
    return config.peers().containsKey(peer);
  }

  /** No grant lives longer. */
  public Duration longest() {
    return config.longest();
  }

  /**
   * Signs a grant. Empty when the task has ended meanwhile.
   *
   * @param task the one that delegates
   * @param child what the task there may be at the most
   * @param peer one of those that are {@link #knows known}
   * @throws GrantRefused when there is no identity to sign with
   */
  public Optional<Handed> issue(Task task, Task child, String peer, List<Grant.Place> places)
      throws GrantRefused {
    IdentitySnapshot own =
        identity.get().orElseThrow(() -> new GrantRefused("there is no identity to sign with"));
    byte[] id = new byte[16];
    random.nextBytes(id);
    Grant grant = grant(HexFormat.of().formatHex(id), own.spiffeId(), task, child, peer, places);
    String token = GrantTokens.sign(grant, own);
    Issued entry =
        new Issued(
            task, grant.id(), peer, Objects.requireNonNull(config.peers().get(peer)), grant.ends());
    issued.computeIfAbsent(task.id(), first -> ConcurrentHashMap.newKeySet()).add(entry);
    task.handedElsewhere(1);
    Duration left = Duration.between(clock.instant(), grant.ends());
    var unused =
        timers.at(timers.clock().nanos() + Math.max(0, left.toNanos()), () -> forget(entry));
    if (!task.isActive()) {
      forget(entry);
      return Optional.empty(); // the end came before it could see the grant, which nobody gets
    }
    audit.accept(new TaskEvent.Granted(task, child, peer, grant.id()));
    metrics.grant("issued");
    return Optional.of(new Handed(token, grant.ends()));
  }

  private void forget(Issued entry) {
    Set<Issued> of = issued.get(entry.task().id());
    if (of != null && of.remove(entry)) {
      entry.task().handedElsewhere(-1);
      issued.computeIfPresent(entry.task().id(), (id, rest) -> rest.isEmpty() ? null : rest);
    }
  }

  private Grant grant(
      String id, String issuer, Task task, Task child, String peer, List<Grant.Place> places) {
    Narrowing narrowing = child.narrowing();
    Instant now = clock.instant();
    return new Grant(
        id,
        issuer,
        peer,
        child.agent(),
        task.chain(),
        task.id().text(),
        task.rootId(),
        task.deepest(),
        places,
        new Grant.Limits(
            narrowing.methods(), narrowing.paths(), narrowing.classification(), narrowing.calls()),
        child.labels(),
        child.onBehalfOf(),
        now,
        child.expiresAt());
  }

  @Override
  public CompletionStage<List<Report.Residual>> end(Task task) {
    Set<Issued> granted = issued.get(task.id());
    if (granted == null) {
      return CompletableFuture.completedFuture(List.of());
    }
    List<CompletableFuture<List<Report.Residual>>> ends =
        granted.stream().map(this::endElsewhere).toList();
    return CompletableFuture.allOf(ends.toArray(CompletableFuture<?>[]::new))
        .thenApply(all -> ends.stream().flatMap(end -> end.getNow(List.of()).stream()).toList());
  }

  private CompletableFuture<List<Report.Residual>> endElsewhere(Issued grant) {
    CompletableFuture<Report.Proof> end = new CompletableFuture<>();
    Thread.ofVirtual().name("leasehold-grant-end").start(() -> tell(grant, end));
    return end.copy()
        .completeOnTimeout(Report.Proof.PENDING, PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
        .thenApply(proof -> proof == Report.Proof.COMPLETE ? List.of() : List.of(residual(grant)));
  }

  private static Report.Residual residual(Issued grant) {
    return new Report.Residual(
        "delegated to " + grant.peer(), Revocability.TTL_ONLY, Optional.of(grant.ends()));
  }

  private void tell(Issued grant, CompletableFuture<Report.Proof> end) {
    Duration pause = FIRST_PAUSE;
    String failure = "";
    while (clock.instant().isBefore(grant.ends())) {
      try {
        IdentitySnapshot own = identity.get().orElseThrow(() -> new IOException("no identity"));
        Report.Proof proof = PeerClient.end(own, grant.peer(), grant.address(), grant.id());
        if (proof != Report.Proof.PENDING) {
          over(grant, proof.word());
          end.complete(proof);
          return;
        }
        failure = "its end is not proven yet";
      } catch (IOException unreachable) {
        failure = String.valueOf(unreachable.getMessage());
        LOG.warn(
            "event=grant-end-not-told task={} peer={} cause=\"{}\"",
            grant.task().id(),
            grant.peer(),
            failure);
      } catch (InterruptedException stop) {
        Thread.currentThread().interrupt();
        return;
      }
      try {
        timers.pause(pause);
      } catch (InterruptedException stop) {
        Thread.currentThread().interrupt();
        return;
      }
      pause =
          pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0
              ? pause.multipliedBy(2)
              : LONGEST_PAUSE;
    }
    over(grant, "expired");
    end.complete(Report.Proof.PENDING);
  }

  private void over(Issued grant, String outcome) {
    forget(grant);
    audit.accept(new TaskEvent.GrantEnded(grant.task(), grant.peer(), grant.id(), outcome));
    metrics.grant(outcome.equals("expired") ? "unreachable" : "ended");
  }
}
