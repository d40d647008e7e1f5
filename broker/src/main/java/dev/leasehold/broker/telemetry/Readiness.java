package dev.leasehold.broker.telemetry;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

/**
 * What must hold for this sidecar to be of use: named checks, each of which gives its reason when
 * it does not. Safe for several threads; checks must not block.
 */
public final class Readiness {
  /**
   * One answer.
   *
   * @param reason why the check does not hold; empty when it does
   * @param warnings of what will make it fail unless somebody acts
   */
  public record Check(String name, Optional<String> reason, List<String> warnings) {
    public Check {
      warnings = List.copyOf(warnings);
    }

    public Check(String name, Optional<String> reason) {
      this(name, reason, List.of());
    }

    public boolean holds() {
      return reason.isEmpty();
    }
  }

  private record Named(
      String name, Supplier<Optional<String>> notReadyReason, Supplier<List<String>> warnings) {}

  private final List<Named> checks = new CopyOnWriteArrayList<>();
  private volatile boolean started;

  /**
   * @param notReadyReason empty when all is well; else one sentence without any secret
   */
  public void add(String name, Supplier<Optional<String>> notReadyReason) {
    add(name, notReadyReason, List::of);
  }

  /**
   * @param warnings of what will make the check fail unless somebody acts
   */
  public void add(
      String name, Supplier<Optional<String>> notReadyReason, Supplier<List<String>> warnings) {
    if (checks.stream().anyMatch(check -> check.name().equals(name))) {
      throw new IllegalArgumentException("two checks are named " + name);
    }
    checks.add(new Named(name, notReadyReason, warnings));
  }

  /** Asks every check, in the order in which they were added. */
  public List<Check> ask() {
    List<Check> answers = checks.stream().map(Readiness::ask).toList();
    if (!answers.isEmpty() && answers.stream().allMatch(Check::holds)) {
      started = true;
    }
    return answers;
  }

  public boolean isReady() {
    List<Check> answers = ask();
    return !answers.isEmpty() && answers.stream().allMatch(Check::holds);
  }

  /** Whether everything has held at least once, as far as anybody has asked. */
  public boolean hasStarted() {
    return started || isReady();
  }

  private static Check ask(Named check) {
    try {
      return new Check(check.name(), check.notReadyReason().get(), check.warnings().get());
    } catch (RuntimeException failure) {
      // The message is left out: it may quote anything.
      return new Check(
          check.name(), Optional.of("the check failed: " + failure.getClass().getSimpleName()));
    }
  }
}
