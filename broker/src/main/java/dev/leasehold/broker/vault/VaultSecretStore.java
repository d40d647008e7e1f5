package dev.leasehold.broker.vault;

import dev.leasehold.broker.identity.Identity;
import dev.leasehold.broker.secret.GenerationEvents;
import dev.leasehold.broker.secret.IssuedSecret;
import dev.leasehold.broker.secret.Liveness;
import dev.leasehold.broker.secret.SecretPath;
import dev.leasehold.broker.secret.SecretStore;
import dev.leasehold.broker.secret.SecretStoreException;
import dev.leasehold.broker.secret.SecretStoreException.Kind;
import dev.leasehold.broker.secret.SecretValue;
import dev.leasehold.broker.secret.TaskToken;
import dev.leasehold.broker.secret.TaskTokenRequest;
import dev.leasehold.broker.telemetry.BootClock;
import dev.leasehold.broker.telemetry.Metrics;
import io.github.jopenlibs.vault.json.Json;
import io.github.jopenlibs.vault.json.JsonObject;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Secrets from HashiCorp Vault or OpenBao, through three levels of tokens: a login per generation,
 * a heartbeat below it, one token per task below that. Only calls that both products document.
 *
 * <p>A task with one credential costs six calls: create token, read, and at its end revoke and look
 * up the lease, revoke and look up the token.
 */
public final class VaultSecretStore implements SecretStore, AutoCloseable {
  /** After its life a token is dead whatever happens; this is for clocks that differ. */
  private static final Duration AFTERLIFE = Duration.ofMinutes(5);

  private final VaultConfig config;
  private final Identity identity;
  private final BootClock clock;
  private final Metrics metrics;
  private final VaultClient client;
  private final TaskTokens tasks = new TaskTokens();
  private volatile @Nullable Generations generations;

  public VaultSecretStore(VaultConfig config, Identity identity, BootClock clock, Metrics metrics) {
    this.config = config;
    this.identity = identity;
    this.clock = clock;
    this.metrics = metrics;
    this.client = new VaultClient(config, VaultMeter.of(metrics));
  }

  /** Begins to log in, and to do so again for ever; returns at once. */
  public synchronized void start(GenerationEvents events) {
    if (generations != null) {
      throw new IllegalStateException("a store is started once");
    }
    Generations started = new Generations(config, identity, client, clock, metrics, tasks, events);
    generations = started;
    started.start();
  }

  /** Waits for a generation; false when the time is over, {@link #notReady()} then says why. */
  public boolean awaitReady(Duration timeout) throws InterruptedException {
    Generations started = generations;
    return started != null && started.awaitUsable(timeout);
  }

  /** Why no task token can be made now; empty when one can. */
  public Optional<String> notReady() {
    Generations started = generations;
    return started == null ? Optional.of("not started") : started.notReady();
  }

  /** What will stop working unless somebody acts; empty when nothing is known. */
  public List<String> warnings() {
    Generations started = generations;
    return started == null ? List.of() : started.warnings();
  }

  private Generations started() throws SecretStoreException {
    Generations started = generations;
    if (started == null) {
      throw new SecretStoreException(Kind.NO_IDENTITY, "not started");
    }
    return started;
  }

  @Override
  public TaskToken openTaskToken(TaskTokenRequest request) throws SecretStoreException {
    if (request.credentials().isEmpty()) {
      throw new SecretStoreException(Kind.INVALID, "a task without a credential needs no token");
    }
    Generation generation = started().current();
    if (generation.loginLeft(clock.nanos()).compareTo(request.life()) < 0) {
      throw new SecretStoreException(
          Kind.UNAVAILABLE,
          "the login token ends before the task may: vault.login.ttl is too short for its kind");
    }
    tasks.reserve(generation.id());
    try {
      return makeTaskToken(generation, request);
    } catch (SecretStoreException failed) {
      if (failed.kind() == Kind.DENIED) {
        started().heartbeatRefused(generation);
      }
      throw failed;
    } finally {
      tasks.release(generation.id());
    }
  }

  private TaskToken makeTaskToken(Generation generation, TaskTokenRequest request)
      throws SecretStoreException {
    Set<String> policies =
        request.credentials().stream()
            .map(VaultNeeds::policyOf)
            .collect(Collectors.toUnmodifiableSet());
    JsonObject meta = new JsonObject();
    request.metadata().forEach(meta::add);
    VaultRequest call =
        VaultRequest.post(
            Operation.CREATE_TASK,
            "auth/token/create/" + request.role(),
            generation.heartbeatToken(),
            new JsonObject()
                .add("policies", Json.array(TokenGrant.sorted(policies).toArray(String[]::new)))
                .add("no_default_policy", true)
                .add("renewable", false)
                .add("ttl", request.life().toSeconds() + "s")
                .add("display_name", request.displayName())
                .add("meta", meta));
    long began = clock.nanos();
    TokenGrant grant = TokenGrant.of(call, client.call(call));
    long expires = began + grant.life().toNanos();
    tasks.made(grant.accessor(), generation.id(), expires + AFTERLIFE.toNanos());
    Optional<String> wrong = wrong(grant, policies, request.life());
    if (wrong.isPresent()) {
      refuse(grant, wrong.get());
    }
    return new TaskToken(grant.token(), grant.accessor(), generation.id(), expires);
  }

  private static Optional<String> wrong(TokenGrant grant, Set<String> policies, Duration life) {
    if (grant.orphan() || grant.renewable()) {
      return Optional.of("it is an orphan or renewable");
    }
    if (!grant.life().isPositive() || grant.life().compareTo(life) > 0) {
      return Optional.of("it lives " + grant.life() + ", not " + life);
    }
    return grant.differsFrom(policies);
  }

  private void refuse(TokenGrant grant, String why) throws SecretStoreException {
    grant.token().destroy();
    String end;
    try {
      revokeAccessor(grant.accessor());
      end = "revoked";
    } catch (SecretStoreException failed) {
      end = "not yet revoked: " + failed.getMessage();
    }
    throw new SecretStoreException(
        Kind.DENIED,
        "the task token was refused and "
            + end
            + ": "
            + why
            + "; leasehold vault diff says what is wider than needed");
  }

  @Override
  public IssuedSecret read(TaskToken token, SecretPath path) throws SecretStoreException {
    VaultRequest call =
        switch (path.verb()) {
          case READ -> VaultRequest.get(Operation.READ, path.path(), token.token());
          case WRITE -> {
            JsonObject body = new JsonObject();
            path.data().forEach(body::add);
            yield VaultRequest.post(Operation.READ, path.path(), token.token(), body);
          }
        };
    return SecretAnswer.issued(call, client.call(call));
  }

  /**
   * Has an intermediate signed, with the login's right.
   *
   * @param name its common name
   * @param request for it, PEM
   * @return what was signed, then what is above it; nothing of it is verified
   */
  public List<X509Certificate> sign(Intermediate intermediate, String name, String request)
      throws SecretStoreException {
    return switch (byLogin(login -> intermediate.request(login, name, request))) {
      case Attempt.Answered(VaultAnswer answer) -> Intermediate.chain(answer);
      case Attempt.Refused(Refusal refusal, VaultAnswer answer) -> throw refusal.error();
      case Attempt.Failed(Refusal refusal) -> throw refusal.error();
    };
  }

  @Override
  public Duration renew(TaskToken token, String leaseId, Duration increment)
      throws SecretStoreException {
    return client
        .call(
            VaultRequest.post(
                Operation.RENEW_LEASE,
                "sys/leases/renew",
                token.token(),
                new JsonObject().add("lease_id", leaseId).add("increment", increment.toSeconds())))
        .seconds("lease_duration");
  }

  @Override
  public void revokeLease(String leaseId) throws SecretStoreException {
    revokeLease(leaseId, Operation.REVOKE_LEASE, true);
  }

  @Override
  public void queueLeaseRevocation(String leaseId) throws SecretStoreException {
    revokeLease(leaseId, Operation.QUEUE_REVOCATION, false);
  }

  private void revokeLease(String leaseId, Operation operation, boolean sync)
      throws SecretStoreException {
    // The two products' pages and code disagree on what sync is when it is left out.
    JsonObject body = new JsonObject().add("lease_id", leaseId).add("sync", sync);
    revoked(byLogin(login -> VaultRequest.post(operation, "sys/leases/revoke", login, body)));
  }

  @Override
  public void revokeAccessor(String accessor) throws SecretStoreException {
    JsonObject body = new JsonObject().add("accessor", accessor);
    revoked(
        byLogin(
            login ->
                VaultRequest.post(
                    Operation.REVOKE_ACCESSOR, "auth/token/revoke-accessor", login, body)));
    tasks.ended(accessor);
  }

  private static void revoked(Attempt attempt) throws SecretStoreException {
    switch (attempt) {
      case Attempt.Answered answered -> {}
      case Attempt.Failed(Refusal refusal) -> throw refusal.error();
      case Attempt.Refused(Refusal refusal, VaultAnswer answer) -> {
        if (!Proof.alreadyGone(answer)) {
          throw refusal.error();
        }
      }
    }
  }

  @Override
  public Liveness lookupLease(String leaseId) {
    JsonObject body = new JsonObject().add("lease_id", leaseId);
    return lookup(
        login -> VaultRequest.post(Operation.LOOKUP_LEASE, "sys/leases/lookup", login, body),
        Proof::ofLease);
  }

  @Override
  public Liveness lookupAccessor(String accessor) {
    JsonObject body = new JsonObject().add("accessor", accessor);
    return lookup(
        login ->
            VaultRequest.post(Operation.LOOKUP_ACCESSOR, "auth/token/lookup-accessor", login, body),
        Proof::ofAccessor);
  }

  private Liveness lookup(
      Function<SecretValue, VaultRequest> call, Function<Attempt, Liveness> proof) {
    try {
      return proof.apply(byLogin(call));
    } catch (SecretStoreException unknown) {
      return Liveness.UNKNOWN;
    }
  }

  /** Makes a call with a login token of any generation, the newest that Vault still knows. */
  private Attempt byLogin(Function<SecretValue, VaultRequest> call) throws SecretStoreException {
    Generations all = started();
    for (Generation generation : all.revokers()) {
      Attempt attempt = client.attempt(call.apply(generation.loginToken()));
      boolean denied =
          attempt instanceof Attempt.Refused(Refusal refusal, VaultAnswer answer)
              && answer.status() == 403;
      if (!denied || all.confirmLogin(generation)) {
        return attempt;
      }
    }
    throw new SecretStoreException(
        Kind.NO_IDENTITY, "no live login token: " + all.notReady().orElse("the last was revoked"));
  }

  @Override
  public void replaceGenerations() throws SecretStoreException {
    started().replaceAll();
  }

  /** Revokes our own generations, with all below them, and ends every thread of this store. */
  @Override
  public void close() {
    Generations started = generations;
    if (started != null) {
      started.close();
    }
    client.close();
  }
}
