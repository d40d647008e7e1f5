package dev.leasehold.broker.policy;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * What an operator says of the hour: an incident, a freeze. Immutable; another file is another one.
 */
public record Signals(Map<String, List<Window>> windows) {
  /** Nothing is going on. */
  public static final Signals NONE = new Signals(Map.of());

  /**
   * @param until exclusive
   */
  public record Window(Instant from, Instant until) {
    /** From ever to ever. */
    public static final Window ALWAYS = new Window(Instant.MIN, Instant.MAX);
  }

  public Signals {
    windows = Map.copyOf(windows);
  }

  /** Whether the signal is given at that time. */
  public boolean isOn(String name, Instant at) {
    for (Window window : windows.getOrDefault(name, List.of())) {
      if (!at.isBefore(window.from()) && at.isBefore(window.until())) {
        return true;
      }
    }
    return false;
  }

  /** The names of those that are on, in order. */
  public List<String> on(Instant at) {
    return windows.keySet().stream().filter(name -> isOn(name, at)).sorted().toList();
  }
}
