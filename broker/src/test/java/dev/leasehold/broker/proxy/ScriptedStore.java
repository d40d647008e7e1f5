package dev.leasehold.broker.proxy;

import dev.leasehold.broker.secret.IssuedSecret;
import dev.leasehold.broker.secret.Liveness;
import dev.leasehold.broker.secret.SecretFields;
import dev.leasehold.broker.secret.SecretPath;
import dev.leasehold.broker.secret.SecretStore;
import dev.leasehold.broker.secret.SecretStoreException;
import dev.leasehold.broker.secret.SecretValue;
import dev.leasehold.broker.secret.TaskToken;
import dev.leasehold.broker.secret.TaskTokenRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/** A secret store that answers every read with the fields it was told. */
final class ScriptedStore implements SecretStore {
  private final AtomicInteger reads = new AtomicInteger();
  private volatile Map<String, String> fields = Map.of();
  private volatile boolean down;

  void answers(Map<String, String> answer) {
    fields = Map.copyOf(answer);
  }

  void isDown() {
    down = true;
  }

  int reads() {
    return reads.get();
  }

  @Override
  public TaskToken openTaskToken(TaskTokenRequest request) throws SecretStoreException {
    if (down) {
      throw new SecretStoreException(SecretStoreException.Kind.UNAVAILABLE, "down");
    }
    return new TaskToken(
        secret("task-token"), "accessor", "generation", System.nanoTime() + 3_600_000_000_000L);
  }

  @Override
  public IssuedSecret read(TaskToken token, SecretPath path) {
    int number = reads.incrementAndGet();
    return new IssuedSecret(
        new SecretFields(
            fields.entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, entry -> secret(entry.getValue())))),
        Optional.of("lease-" + number),
        Duration.ofMinutes(10),
        true,
        "request-" + number,
        List.of());
  }

  private static SecretValue secret(String text) {
    return SecretValue.takeOwnershipOf(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  @Override
  public Duration renew(TaskToken token, String leaseId, Duration increment) {
    return increment;
  }

  @Override
  public void revokeLease(String leaseId) {
    // dead at once
  }

  @Override
  public void queueLeaseRevocation(String leaseId) {
    // dead at once
  }

  @Override
  public void revokeAccessor(String accessor) {
    // dead at once
  }

  @Override
  public Liveness lookupLease(String leaseId) {
    return Liveness.DEAD;
  }

  @Override
  public Liveness lookupAccessor(String accessor) {
    return Liveness.DEAD;
  }

  @Override
  public void replaceGenerations() {
    // there is one
  }
}
