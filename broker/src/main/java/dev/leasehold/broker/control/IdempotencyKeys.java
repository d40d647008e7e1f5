package dev.leasehold.broker.control;

import dev.leasehold.broker.task.Task;
import dev.leasehold.broker.task.Tasks;
import dev.leasehold.broker.telemetry.BootClock;
import dev.leasehold.broker.telemetry.Problem;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * Makes a repeated wish to open a task the same wish. A key belongs to one caller and one body; it
 * is kept for the task's life and an hour.
 *
 * <p>What must be kept for that is the whole answer, the task's token included, since a repeat gets
 * it too: it is the only place where the broker has the token itself and not its digest. It is in
 * memory only, only where a key was sent, and is overwritten when the key is dropped. An opening
 * that was refused leaves nothing behind. Safe for several threads; a repeat waits for the first.
 */
final class IdempotencyKeys {
  static final int MAX_PER_CALLER = 4096;

  private static final Pattern FORM = Pattern.compile("[\\x21-\\x7e]{1,255}");

  /** A task and the answer that its opener got. */
  record Opened(Task task, Answer answer) {}

  private record Key(String owner, String text) {}

  private record Entry(Digest body, CompletableFuture<Opened> opened) {}

  private final Map<Key, Entry> entries = new ConcurrentHashMap<>();
  private final BootClock clock;

  IdempotencyKeys(BootClock clock) {
    this.clock = clock;
  }

  /**
   * Opens by {@code opening}, or gives what it gave before under this key. May block.
   *
   * @param owner the caller's name
   * @param key the header's value
   */
  Answer open(String owner, String key, byte[] body, Supplier<Opened> opening) {
    if (!FORM.matcher(key).matches()) {
      throw Refused.invalid("Idempotency-Key must be 1 to 255 visible ASCII characters");
    }
    Key name = new Key(owner, key);
    Entry mine = new Entry(Digest.of(body), new CompletableFuture<>());
    while (true) {
      refuseTooMany(name);
      Entry earlier = entries.putIfAbsent(name, mine);
      if (earlier == null) {
        return first(name, mine, opening);
      }
      if (!earlier.body().equals(mine.body())) {
        throw new Refused(
            Problem.IDEMPOTENCY_CONFLICT, "this Idempotency-Key was used with another body");
      }
      Optional<Opened> opened = await(earlier);
      if (opened.isPresent()) {
        return opened.get().answer().copy();
      }
      // The first one was refused and left nothing behind: this one is the first now.
    }
  }

  private Answer first(Key name, Entry mine, Supplier<Opened> opening) {
    try {
      Opened opened = opening.get();
      mine.opened().complete(opened);
      return opened.answer().copy();
    } finally {
      if (!mine.opened().isDone()) {
        entries.remove(name, mine);
        mine.opened().cancel(false);
      }
    }
  }

  private static Optional<Opened> await(Entry earlier) {
    try {
      return Optional.of(earlier.opened().join());
    } catch (CancellationException | CompletionException refused) {
      return Optional.empty();
    }
  }

  /** Drops the keys whose time is over; to be called now and then. */
  void sweep() {
    long now = clock.nanos();
    entries.forEach(
        (name, entry) -> {
          Opened opened = entry.opened().getNow(null);
          if (opened != null && isOver(opened.task(), now) && entries.remove(name, entry)) {
            opened.answer().wipe();
          }
        });
  }

  int size() {
    return entries.size();
  }

  private static boolean isOver(Task task, long now) {
    return task.end().filter(end -> now - end.atNanos() > Tasks.RETENTION.toNanos()).isPresent();
  }

  private void refuseTooMany(Key name) {
    long kept = entries.keySet().stream().filter(key -> key.owner().equals(name.owner())).count();
    if (kept >= MAX_PER_CALLER && !entries.containsKey(name)) {
      throw new Refused(
          Problem.LIMIT_EXCEEDED,
          429,
          "too many idempotency keys are kept for this caller",
          "",
          "a key is kept for its task's life and an hour; open without one, or wait");
    }
  }
}
