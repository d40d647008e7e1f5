package dev.leasehold.broker.control;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.leasehold.broker.audit.AuditEvent;
import dev.leasehold.broker.audit.BrokerEvent;
import dev.leasehold.broker.telemetry.BootClock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Tells the audit log of everybody who was refused: one line each, until one caller makes so many
 * that they could fill the disk, or crowd out what others have to wait for. What is then not
 * written is counted, and a line says how many they were. Safe for several threads.
 */
final class RefusalTrail {
  /** Lines that one caller may cause at once. */
  static final int AT_ONCE = 20;

  /** After this it may cause one more. */
  static final Duration ONE_MORE = Duration.ofSeconds(5);

  /** As many are told apart; whoever comes then shares one allowance with all who do. */
  static final int MOST_CALLERS = 64;

  private static final String OTHERS = "others";

  /** What is left to one caller. */
  private static final class Allowance {
    private long left = AT_ONCE;
    private long since;
    private long unwritten;

    Allowance(long nowNanos) {
      since = nowNanos;
    }

    void refill(long nowNanos) {
      long more = (nowNanos - since) / ONE_MORE.toNanos();
      left = Math.min(left + more, AT_ONCE);
      since += more * ONE_MORE.toNanos();
    }

    boolean take() {
      if (left == 0) {
        unwritten++;
        return false;
      }
      left--;
      return true;
    }

    long takeUnwritten() {
      long count = unwritten;
      unwritten = 0;
      return count;
    }

    boolean isUntouched() {
      return left == AT_ONCE && unwritten == 0;
    }
  }

  private final Consumer<AuditEvent> audit;
  private final BootClock clock;

  @GuardedBy("this")
  private final Map<String, Allowance> allowances = new HashMap<>();

  /**
   * @param audit appends to the log; must not block
   */
  RefusalTrail(Consumer<AuditEvent> audit, BootClock clock) {
    this.audit = audit;
    this.clock = clock;
  }

  /**
   * Writes what happened, or counts it.
   *
   * @param caller who asked
   * @return whether it was written
   */
  synchronized boolean refused(String caller, AuditEvent event) {
    long now = clock.nanos();
    boolean known = allowances.containsKey(caller) || allowances.size() < MOST_CALLERS;
    String name = known ? caller : OTHERS;
    Allowance allowance = allowances.computeIfAbsent(name, key -> new Allowance(now));
    allowance.refill(now);
    boolean written = allowance.take();
    if (written) {
      audit.accept(event);
    }
    return written;
  }

  /** Writes how many were only counted, and forgets who has been quiet; to be called regularly. */
  synchronized void sweep() {
    long now = clock.nanos();
    allowances.forEach(
        (caller, allowance) -> {
          allowance.refill(now);
          long unwritten = allowance.takeUnwritten();
          if (unwritten > 0) {
            audit.accept(new BrokerEvent.CallersRefused(caller, unwritten));
          }
        });
    allowances.values().removeIf(Allowance::isUntouched);
  }
}
