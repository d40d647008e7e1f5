package dev.leasehold.broker.telemetry;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The values that one label may take. They come from the configuration and from fixed lists; should
 * anything else ever be passed, it is counted under {@link #OTHER} instead of making a new time
 * series: what does not look like a name at once, and every value past {@link #MOST}.
 */
final class LabelValues {
  static final String OTHER = "(other)";
  static final int MOST = 1000;
  private static final int LONGEST = 100;

  private final Set<String> known = ConcurrentHashMap.newKeySet();
  private final AtomicInteger count = new AtomicInteger();

  String admit(String value) {
    if (known.contains(value)) {
      return value;
    }
    if (!value.equals(Metrics.NONE) && !isName(value)) {
      return OTHER;
    }
    if (count.incrementAndGet() > MOST) {
      count.decrementAndGet();
      return OTHER;
    }
    if (!known.add(value)) {
      count.decrementAndGet();
    }
    return value;
  }

  private static boolean isName(String value) {
    if (value.isEmpty() || value.length() > LONGEST || value.startsWith("tsk_")) {
      return false;
    }
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      boolean allowed =
          c >= 'a' && c <= 'z'
              || c >= 'A' && c <= 'Z'
              || c >= '0' && c <= '9'
              || "-_.".indexOf(c) >= 0;
      if (!allowed) {
        return false;
      }
    }
    return true;
  }
}
