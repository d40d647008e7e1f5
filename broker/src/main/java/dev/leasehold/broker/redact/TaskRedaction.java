package dev.leasehold.broker.redact;

import dev.leasehold.broker.inject.Composed;
import dev.leasehold.broker.inject.Injection;
import dev.leasehold.broker.lease.Lease;
import dev.leasehold.broker.lease.LeaseUse;
import dev.leasehold.broker.lease.LiveLeases;
import dev.leasehold.broker.secret.SecretFields;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What all calls of one task search their answers for: the secrets of all leases that the task has,
 * since any target may have been told of another one's. Made ready once, and again when a lease
 * comes or ends. Safe for several threads, without a lock.
 */
public final class TaskRedaction {
  private final LiveLeases leases;
  private final Function<String, Optional<Injection>> injections;

  /** Null when it has to be made anew. */
  private final AtomicReference<@Nullable PatternSet> current = new AtomicReference<>();

  private final AtomicInteger changes = new AtomicInteger();

  /**
   * @param injections by the name of the credential, as they are in force
   */
  public TaskRedaction(LiveLeases leases, Function<String, Optional<Injection>> injections) {
    this.leases = leases;
    this.injections = injections;
    leases.watch(this::changed);
  }

  /** The leases, or how they are injected, have changed. Any thread. */
  public void changed() {
    changes.incrementAndGet();
    drop(current.get());
  }

  private void drop(@Nullable PatternSet stale) {
    if (stale != null && current.compareAndSet(stale, null)) {
      stale.end();
    }
  }

  /**
   * For one answer.
   *
   * @param own what the call itself uses: it counts, even if the lease has ended since
   */
  public Redaction begin(@Nullable LeaseUse own) {
    PatternSet entered = enter();
    if (own == null || entered.covers(List.of(own.lease()))) {
      return new Redaction(this, entered, entered);
    }
    PatternSet missing = compile(List.of(own));
    PatternSet both = join(entered, missing);
    entered.leave();
    missing.end();
    return new Redaction(this, entered, both);
  }

  /**
   * A short text of the agent's own, of Latin-1 letters, without the task's secrets: what has been
   * told to it by some other way must not get into a log.
   */
  public String mask(String text) {
    PatternSet set = enter();
    try {
      if (set.isEmpty() || text.isEmpty()) {
        return text;
      }
      byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
      Scratch scratch = Scratch.roomFor(set, bytes.length);
      System.arraycopy(bytes, 0, scratch.text(), 0, bytes.length);
      scratch.search(set, bytes.length, 0, true);
      return scratch.found() == 0
          ? text
          : new String(scratch.text(), 0, bytes.length, StandardCharsets.ISO_8859_1);
    } finally {
      set.leave();
    }
  }

  /** Moves a call on from {@code used} when {@code newest} has secrets that it lacks. */
  PatternSet follow(PatternSet used, PatternSet newest) {
    if (used.covers(newest.leases()) || !newest.tryEnter()) {
      return used; // not entered: there is a newer one, which is looked at with the next piece
    }
    PatternSet both = join(used, newest);
    newest.leave();
    used.leave();
    return both;
  }

  private static PatternSet join(PatternSet one, PatternSet other) {
    PatternSet both = PatternSet.join(one, other);
    both.enterOnly();
    return both;
  }

  private PatternSet enter() {
    PatternSet set = patterns();
    while (!set.tryEnter()) {
      set = patterns(); // it has ended this moment
    }
    return set;
  }

  /** For the leases that the task has now. */
  PatternSet patterns() {
    PatternSet set = current.get();
    while (set == null) {
      int before = changes.get();
      PatternSet made = compile();
      if (!current.compareAndSet(null, made)) {
        made.end(); // another thread was faster
      } else if (changes.get() != before) {
        drop(made);
      }
      set = current.get();
    }
    return set;
  }

  private PatternSet compile() {
    List<LeaseUse> uses = leases.use();
    try {
      return compile(uses);
    } finally {
      uses.forEach(LeaseUse::close);
    }
  }

  private PatternSet compile(List<LeaseUse> uses) {
    Forms forms = new Forms();
    List<Lease> of = new ArrayList<>(uses.size());
    for (LeaseUse use : uses) {
      of.add(use.lease());
      use.<@Nullable Void>lend(
          fields -> {
            add(use.lease(), fields, forms);
            return null;
          });
    }
    return new PatternSet(of, forms.take());
  }

  private void add(Lease lease, SecretFields fields, Forms forms) {
    for (String name : lease.credential().secrets()) {
      fields
          .field(name)
          .ifPresent(
              value ->
                  value.<@Nullable Void>lend(
                      bytes -> {
                        forms.addSecret(bytes);
                        return null;
                      }));
    }
    injections
        .apply(lease.credential().name())
        .flatMap(injection -> Composed.of(injection, fields))
        .ifPresent(forms::addText);
  }
}
