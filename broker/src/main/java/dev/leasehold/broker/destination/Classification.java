package dev.leasehold.broker.destination;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** How sensitive what a credential opens is; the least sensitive first. */
public enum Classification {
  PUBLIC,
  INTERNAL,
  CONFIDENTIAL,
  RESTRICTED;

  /** The word of the configuration. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The one of that word; empty when there is none. */
  public static Optional<Classification> of(String word) {
    return Arrays.stream(values()).filter(each -> each.word().equals(word)).findFirst();
  }
}
