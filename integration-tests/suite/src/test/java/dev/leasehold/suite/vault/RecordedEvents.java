package dev.leasehold.suite.vault;

import dev.leasehold.broker.secret.GenerationEvents;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Remembers what a store told of its generations. */
final class RecordedEvents implements GenerationEvents {
  /** One that was opened. */
  record Opened(String generation, String loginAccessor) {}

  private final List<Opened> opened = new CopyOnWriteArrayList<>();
  private final List<String> lost = new CopyOnWriteArrayList<>();
  private final List<String> reasons = new CopyOnWriteArrayList<>();
  private final List<String> closed = new CopyOnWriteArrayList<>();

  @Override
  public void opened(String generation, String loginAccessor, Instant expires) {
    opened.add(new Opened(generation, loginAccessor));
  }

  @Override
  public void lost(String generation, String reason) {
    lost.add(generation);
    reasons.add(reason);
  }

  @Override
  public void closed(String generation) {
    closed.add(generation);
  }

  List<Opened> opened() {
    return List.copyOf(opened);
  }

  List<String> lost() {
    return List.copyOf(lost);
  }

  List<String> reasons() {
    return List.copyOf(reasons);
  }

  List<String> closed() {
    return List.copyOf(closed);
  }
}
