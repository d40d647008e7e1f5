package dev.leasehold.broker.task;

import java.util.List;

/**
 * How tasks of a kind may hand on what they may.
 *
 * @param to SPIFFE IDs that may be given a child; one that ends in {@code /*} is all below it
 * @param from SPIFFE IDs of sidecars whose grants open tasks of this kind
 * @param depth how many delegations may follow on each other
 * @param children how many live children one task may have
 */
public record Delegation(List<String> to, List<String> from, int depth, int children) {
  public static final int DEFAULT_CHILDREN = 5;

  public Delegation {
    to = List.copyOf(to);
    from = List.copyOf(from);
    if (depth < 1 || children < 1) {
      throw new IllegalArgumentException("depth and children must be at least 1");
    }
  }

  boolean permits(String agent) {
    for (String pattern : to) {
      boolean fits =
          pattern.endsWith("/*")
              ? agent.startsWith(pattern.substring(0, pattern.length() - 1))
              : agent.equals(pattern);
      if (fits) {
        return true;
      }
    }
    return false;
  }
}
