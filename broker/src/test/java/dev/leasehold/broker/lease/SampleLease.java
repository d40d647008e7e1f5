package dev.leasehold.broker.lease;

import dev.leasehold.broker.secret.Revocability;
import dev.leasehold.broker.secret.SecretFields;
import dev.leasehold.broker.secret.SecretPath;
import dev.leasehold.broker.secret.SecretValue;
import dev.leasehold.broker.task.Task;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A lease without a store behind it, for tests of those who only look at leases. */
public final class SampleLease {
  private SampleLease() {}

  public static Credential credential(String name) {
    return new Credential(
        name,
        SecretPath.read("rabbitmq/creds/publisher"),
        Duration.ofMinutes(5),
        Revocability.HARD,
        "payments-team",
        "internal",
        Set.of("username", "password"),
        Optional.empty(),
        Optional.empty());
  }

  /** Its password is {@code secret}. */
  public static Lease of(Credential credential, String secret) {
    return of(credential, Map.of("password", secret), new LiveLeases());
  }

  private static Lease of(Credential credential, Map<String, String> fields, LiveLeases among) {
    Map<String, SecretValue> values = new HashMap<>();
    fields.forEach(
        (name, text) ->
            values.put(name, SecretValue.copyOf(text.getBytes(StandardCharsets.UTF_8))));
    return new Lease(
        credential,
        new SecretFields(values),
        new LeaseDigest().of("rabbitmq/creds/publisher/" + fields),
        "5b1f0c0e-7a55-4d0b-9a3e-2f6f0d8a1c11",
        Instant.EPOCH,
        1,
        Long.MAX_VALUE,
        among);
  }

  /** A task's, without one at first. */
  public static LiveLeases none() {
    return new LiveLeases();
  }

  /** A lease of {@code credential} that the task has from here on. */
  public static Lease bring(LiveLeases to, Credential credential, Map<String, String> fields) {
    Lease lease = of(credential, fields, to);
    to.came(lease);
    return lease;
  }

  /** What a call has of it; null when it has ended. */
  public static @Nullable LeaseUse use(Lease lease) {
    return lease.tryUse();
  }

  public static void end(Lease lease) {
    lease.end();
  }

  /** What the end of a task with one such lease amounts to: all of it is proven, or nothing. */
  public static Report report(Task task, Report.Proof proof) {
    int proven = proof == Report.Proof.PENDING ? 0 : 1;
    return new Report(
        task.id(),
        task.state(),
        task.end().map(Task.End::signal),
        proof,
        1,
        proven,
        proven,
        proven,
        1 - proven,
        List.of(),
        0,
        Duration.ofMillis(41));
  }
}
