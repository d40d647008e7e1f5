package dev.leasehold.testbed.vault.token;

import dev.leasehold.testbed.vault.wire.Durations;
import java.time.Duration;
import java.util.List;

/**
 * A time to live as granted, with the warning that it was cut where it was.
 *
 * @param warnings in Vault's words
 */
public record Life(Duration ttl, List<String> warnings) {
  /** The life of what nobody gave one, and the longest that anything gets. */
  public static final Duration SYSTEM = Duration.ofDays(32);

  public Life {
    warnings = List.copyOf(warnings);
  }

  /** What is wanted, cut to the limit; a cut of less than a second goes without a warning. */
  public static Life granted(Duration wanted, Duration limit) {
    if (wanted.compareTo(limit) <= 0) {
      return new Life(wanted, List.of());
    }
    if (wanted.minus(limit).compareTo(Duration.ofSeconds(1)) < 0) {
      return new Life(limit, List.of());
    }
    String warning =
        "TTL of \"%s\" exceeded the effective max_ttl of \"%s\"; TTL value is capped accordingly"
            .formatted(Durations.text(wanted), Durations.text(limit.plusMillis(500)));
    return new Life(limit, List.of(warning));
  }
}
