package dev.leasehold.broker.lease;

import dev.leasehold.broker.lease.JournalRecord.Done;
import dev.leasehold.broker.lease.JournalRecord.Ended;
import dev.leasehold.broker.lease.JournalRecord.Generation;
import dev.leasehold.broker.lease.JournalRecord.GenerationClosed;
import dev.leasehold.broker.lease.JournalRecord.LeaseMade;
import dev.leasehold.broker.lease.JournalRecord.Locked;
import dev.leasehold.broker.lease.JournalRecord.ReadIntent;
import dev.leasehold.broker.lease.JournalRecord.ReadSettled;
import dev.leasehold.broker.lease.JournalRecord.TaskIntent;
import dev.leasehold.broker.lease.JournalRecord.TokenMade;
import dev.leasehold.broker.lease.JournalRecord.Unlocked;
import dev.leasehold.broker.task.TaskId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What all records together say: what may still live. Records about what is not known any more
 * change nothing. Belongs to one thread at a time.
 */
final class JournalState {

  /** A task that is not done. */
  static final class OpenTask {
    final TaskIntent intent;
    final Map<Long, Read> reads = new LinkedHashMap<>();
    @Nullable TokenMade token;
    @Nullable Ended ended;

    OpenTask(TaskIntent intent) {
      this.intent = intent;
    }
  }

  /** A read that is not settled; without a lease, its answer is not known. */
  record Read(ReadIntent intent, @Nullable LeaseMade lease) {}

  private final Map<String, Generation> generations = new LinkedHashMap<>();
  private final Map<TaskId, OpenTask> tasks = new LinkedHashMap<>();
  private @Nullable String lock;

  void apply(JournalRecord record) {
    switch (record) {
      case Generation generation -> generations.put(generation.id(), generation);
      case GenerationClosed(var id) -> generations.remove(id);
      case TaskIntent intent -> tasks.putIfAbsent(intent.task(), new OpenTask(intent));
      case TokenMade token -> {
        OpenTask task = tasks.get(token.task());
        if (task != null) {
          task.token = token;
        }
      }
      case ReadIntent intent -> {
        OpenTask task = tasks.get(intent.task());
        if (task != null) {
          task.reads.put(intent.read(), new Read(intent, null));
        }
      }
      case LeaseMade lease -> {
        OpenTask task = tasks.get(lease.task());
        if (task != null) {
          task.reads.computeIfPresent(
              lease.read(), (number, read) -> new Read(read.intent(), lease));
        }
      }
      case ReadSettled(var id, var read) -> {
        OpenTask task = tasks.get(id);
        if (task != null) {
          task.reads.remove(read);
        }
      }
      case Ended ended -> {
        OpenTask task = tasks.get(ended.task());
        if (task != null) {
          task.ended = ended;
        }
      }
      case Done(var id) -> tasks.remove(id);
      case Locked(var reason) -> lock = reason;
      case Unlocked() -> lock = null;
    }
  }

  List<Generation> generations() {
    return List.copyOf(generations.values());
  }

  List<OpenTask> tasks() {
    return List.copyOf(tasks.values());
  }

  @Nullable String lock() {
    return lock;
  }

  /** The shortest list of records that says the same. */
  List<JournalRecord> records() {
    List<JournalRecord> records = new ArrayList<>(generations.values());
    for (OpenTask task : tasks.values()) {
      records.add(task.intent);
      if (task.token != null) {
        records.add(task.token);
      }
      for (Read read : task.reads.values()) {
        records.add(read.intent());
        if (read.lease() != null) {
          records.add(read.lease());
        }
      }
      if (task.ended != null) {
        records.add(task.ended);
      }
    }
    if (lock != null) {
      records.add(new Locked(lock));
    }
    return records;
  }
}
