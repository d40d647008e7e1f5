package dev.leasehold.broker.identity;

import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/** Which of the offered SVIDs is ours. */
sealed interface SvidChoice {
  /** The one at {@code index} of the offer. */
  record Chosen(int index) implements SvidChoice {}

  /** None can be taken; {@code reason} says what was offered. */
  record Refused(String reason) implements SvidChoice {}

  /**
   * Chooses by name; without a name, the only one there is. Two SVIDs of one name are hints of the
   * Workload API for the same identity: the first is its default.
   *
   * @param offered SPIFFE IDs in the order of the Workload API
   * @param wanted the configured name, or the one that was ours before
   */
  static SvidChoice of(List<String> offered, Optional<String> wanted) {
    TreeSet<String> names = new TreeSet<>(offered);
    if (names.isEmpty()) {
      return new Refused("the Workload API offers no SVID");
    }
    if (wanted.isPresent()) {
      int index = offered.indexOf(wanted.get());
      return index >= 0
          ? new Chosen(index)
          : new Refused("the Workload API does not offer " + wanted.get() + ", only " + names);
    }
    if (names.size() > 1) {
      return new Refused(
          "the Workload API offers several SVIDs, name one as identity.spiffe-id: " + names);
    }
    return new Chosen(0);
  }
}
