package dev.leasehold.broker.testing;

import dev.leasehold.broker.secret.IssuedSecret;
import dev.leasehold.broker.secret.Liveness;
import dev.leasehold.broker.secret.SecretFields;
import dev.leasehold.broker.secret.SecretPath;
import dev.leasehold.broker.secret.SecretStore;
import dev.leasehold.broker.secret.SecretStoreException;
import dev.leasehold.broker.secret.SecretStoreException.Kind;
import dev.leasehold.broker.secret.SecretValue;
import dev.leasehold.broker.secret.TaskToken;
import dev.leasehold.broker.secret.TaskTokenRequest;
import dev.leasehold.broker.telemetry.BootClock;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A store in memory that behaves as a real one was seen to: a token's end takes its leases along, a
 * read that is under way at that moment escapes. Every call can be made slow, lost or broken by a
 * {@link Step} before or after it.
 */
public final class FakeSecretStore implements SecretStore {
  /** What a store can be asked. */
  public enum Call {
    OPEN_TOKEN,
    READ,
    RENEW,
    REVOKE_LEASE,
    QUEUE_REVOCATION,
    REVOKE_ACCESSOR,
    LOOKUP_LEASE,
    LOOKUP_ACCESSOR,
    REPLACE_GENERATIONS
  }

  /** Happens before or after a call; may block, throw, or do nothing. */
  @FunctionalInterface
  public interface Step {
    Step NOTHING = subject -> {};

    /**
     * @param subject the path, lease id or accessor of the call
     */
    void take(String subject) throws SecretStoreException;

    /** Fails each time. */
    static Step failing(Kind kind) {
      return subject -> {
        throw new SecretStoreException(kind, "told to fail");
      };
    }
  }

  /** One call that was made. */
  public record Made(Call call, String subject) {}

  /** What the store knows of a lease. */
  private record StoredLease(String accessor) {}

  private final BootClock clock;
  private final List<Made> calls = new CopyOnWriteArrayList<>();
  private final Map<Call, Step> before = new ConcurrentHashMap<>();
  private final Map<Call, Step> after = new ConcurrentHashMap<>();
  private final Map<String, Map<String, String>> answers = new ConcurrentHashMap<>();
  private final Set<String> unleased = ConcurrentHashMap.newKeySet();
  private final Map<String, StoredLease> leases = new ConcurrentHashMap<>();
  private final Map<String, String> accessors = new ConcurrentHashMap<>();
  private final List<TaskTokenRequest> tokenRequests = new CopyOnWriteArrayList<>();
  private final List<SecretFields> given = new CopyOnWriteArrayList<>();
  private final AtomicInteger counter = new AtomicInteger();

  private volatile String generation = "gen-1";
  private volatile Duration leaseDuration = Duration.ofHours(1);
  private volatile boolean renewable = true;

  public FakeSecretStore(BootClock clock) {
    this.clock = clock;
  }

  // What it is told to do

  public void answering(String path, Map<String, String> fields) {
    answers.put(path, fields);
  }

  /** What is read there is only kept, as in KV: no lease is made of it. */
  public void keepingNoLeaseOf(String path) {
    unleased.add(path);
  }

  /** Leases from here on live this long; what is renewed, from then on. */
  public void leasing(Duration duration, boolean renewable) {
    this.leaseDuration = duration;
    this.renewable = renewable;
  }

  public void before(Call call, Step step) {
    before.put(call, step);
  }

  public void after(Call call, Step step) {
    after.put(call, step);
  }

  /** Nothing can be had of it, as if it were not there. */
  public void goDown() {
    for (Call call : Call.values()) {
      before(call, Step.failing(Kind.UNAVAILABLE));
    }
  }

  public void comeBack() {
    before.clear();
  }

  /** Tokens from here on belong to another login. */
  public void generation(String name) {
    generation = name;
  }

  /** Puts a lease there that some earlier process left behind. */
  public void plantLease(String id, String accessor) {
    leases.put(id, new StoredLease(accessor));
  }

  /** Puts a token there below another. */
  public void plantAccessor(String accessor, String parent) {
    accessors.put(accessor, parent);
  }

  // What it has seen

  public List<Made> calls() {
    return List.copyOf(calls);
  }

  public long count(Call call) {
    return calls.stream().filter(made -> made.call() == call).count();
  }

  public List<TaskTokenRequest> tokenRequests() {
    return List.copyOf(tokenRequests);
  }

  public Set<String> liveLeases() {
    return Set.copyOf(leases.keySet());
  }

  public Set<String> liveAccessors() {
    return Set.copyOf(accessors.keySet());
  }

  /** All secrets ever handed out. */
  public List<SecretFields> given() {
    return List.copyOf(given);
  }

  // The store

  @Override
  public TaskToken openTaskToken(TaskTokenRequest request) throws SecretStoreException {
    begin(Call.OPEN_TOKEN, request.role());
    tokenRequests.add(request);
    String accessor = "accessor-" + counter.incrementAndGet();
    accessors.put(accessor, generation);
    TaskToken token =
        new TaskToken(
            SecretValue.copyOf(bytes("token-of-" + accessor)),
            accessor,
            generation,
            clock.nanos() + request.life().toNanos());
    end(Call.OPEN_TOKEN, accessor);
    return token;
  }

  @Override
  public IssuedSecret read(TaskToken token, SecretPath path) throws SecretStoreException {
    if (!accessors.containsKey(token.accessor())) {
      throw new SecretStoreException(Kind.DENIED, "permission denied");
    }
    begin(Call.READ, path.path());
    // As in the real one, nobody looks at the token again before the lease is written down.
    int number = counter.incrementAndGet();
    String id = path.path() + "/" + number;
    boolean leased = !unleased.contains(path.path());
    if (leased) {
      leases.put(id, new StoredLease(token.accessor()));
    }
    end(Call.READ, id);
    SecretFields fields = fields(path.path(), number);
    given.add(fields);
    return new IssuedSecret(
        fields,
        Optional.of(id).filter(made -> leased),
        leased ? leaseDuration : Duration.ZERO,
        leased && renewable,
        "request-" + number);
  }

  private SecretFields fields(String path, int number) {
    Map<String, String> texts =
        answers.getOrDefault(
            path, Map.of("username", "user-" + number, "password", "password-" + number));
    Map<String, SecretValue> values = new ConcurrentHashMap<>();
    texts.forEach((name, text) -> values.put(name, SecretValue.copyOf(bytes(text))));
    return new SecretFields(values);
  }

  @Override
  public Duration renew(TaskToken token, String leaseId, Duration increment)
      throws SecretStoreException {
    begin(Call.RENEW, leaseId);
    if (!leases.containsKey(leaseId)) {
      throw new SecretStoreException(Kind.INVALID, "lease not found");
    }
    end(Call.RENEW, leaseId);
    return leaseDuration;
  }

  @Override
  public void revokeLease(String leaseId) throws SecretStoreException {
    begin(Call.REVOKE_LEASE, leaseId);
    leases.remove(leaseId);
    end(Call.REVOKE_LEASE, leaseId);
  }

  @Override
  public void queueLeaseRevocation(String leaseId) throws SecretStoreException {
    begin(Call.QUEUE_REVOCATION, leaseId);
    end(Call.QUEUE_REVOCATION, leaseId);
  }

  @Override
  public void revokeAccessor(String accessor) throws SecretStoreException {
    begin(Call.REVOKE_ACCESSOR, accessor);
    dropWithAllBelow(accessor);
    end(Call.REVOKE_ACCESSOR, accessor);
  }

  private void dropWithAllBelow(String accessor) {
    accessors.remove(accessor);
    leases.values().removeIf(lease -> lease.accessor().equals(accessor));
    List<String> children = new ArrayList<>();
    accessors.forEach(
        (child, parent) -> {
          if (parent.equals(accessor) && !child.equals(accessor)) {
            children.add(child);
          }
        });
    children.forEach(this::dropWithAllBelow);
  }

  @Override
  public Liveness lookupLease(String leaseId) {
    return lookup(Call.LOOKUP_LEASE, leaseId, leases.keySet());
  }

  @Override
  public Liveness lookupAccessor(String accessor) {
    return lookup(Call.LOOKUP_ACCESSOR, accessor, accessors.keySet());
  }

  private Liveness lookup(Call call, String subject, Set<String> live) {
    try {
      begin(call, subject);
      Liveness liveness = live.contains(subject) ? Liveness.ALIVE : Liveness.DEAD;
      end(call, subject);
      return liveness;
    } catch (SecretStoreException failure) {
      return Liveness.UNKNOWN;
    }
  }

  @Override
  public void replaceGenerations() throws SecretStoreException {
    begin(Call.REPLACE_GENERATIONS, generation);
    dropWithAllBelow(generation);
    end(Call.REPLACE_GENERATIONS, generation);
  }

  private void begin(Call call, String subject) throws SecretStoreException {
    calls.add(new Made(call, subject));
    step(before.get(call), subject);
  }

  private void end(Call call, String subject) throws SecretStoreException {
    step(after.get(call), subject);
  }

  private static void step(@Nullable Step step, String subject) throws SecretStoreException {
    if (step != null) {
      step.take(subject);
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
