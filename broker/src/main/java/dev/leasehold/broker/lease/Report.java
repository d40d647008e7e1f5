package dev.leasehold.broker.lease;

import dev.leasehold.broker.secret.Revocability;
import dev.leasehold.broker.task.Signal;
import dev.leasehold.broker.task.TaskId;
import dev.leasehold.broker.task.TaskState;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * How far a task's end is, and what is proven of it.
 *
 * @param signal empty while the task is active
 * @param leases every lease that the task was given, and those that came too late for it
 * @param revoked of them, those whose revocation the store confirmed
 * @param provenVault of them, those that the store no longer knows
 * @param provenTarget of them, those that are gone where they were used as well
 * @param unproven what may still live: leases without a proof, and reads without an answer
 * @param residual what lives on to its expiry, or may; never called dead
 * @param children how many tasks it delegated; what is left of theirs is in {@code residual} too
 * @param took from the signal to the last proof, or to now
 */
public record Report(
    TaskId id,
    TaskState state,
    Optional<Signal> signal,
    Proof proof,
    int leases,
    int revoked,
    int provenVault,
    int provenTarget,
    int unproven,
    List<Residual> residual,
    int children,
    Duration took) {

  /** What the end amounts to. */
  public enum Proof {
    /** Every lease is proven dead. */
    COMPLETE("complete"),
    /** All that can be proven is; {@link Report#residual} lists the rest. */
    RESIDUAL("residual"),
    PENDING("pending");

    private final String word;

    Proof(String word) {
      this.word = word;
    }

    public String word() {
      return word;
    }
  }

  /**
   * @param diesAt empty where nothing but a change in the store ends it (static)
   */
  public record Residual(String credential, Revocability revocability, Optional<Instant> diesAt) {}

  public Report {
    residual = List.copyOf(residual);
  }
}
