package dev.leasehold.testbed.server;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A setting of a test run: a system property, else the environment variable of the same name. */
public final class Setting {

  private Setting() {}

  public static Optional<String> of(String name) {
    @Nullable String property = System.getProperty(name);
    @Nullable String value = property == null ? System.getenv(name) : property;
    return value == null || value.isBlank() ? Optional.empty() : Optional.of(value.strip());
  }

  public static boolean isTrue(String name) {
    return of(name).map(value -> value.equalsIgnoreCase("true")).orElse(false);
  }

  /** What forbids a stand-in, for a message; empty where one may be used. */
  public static Optional<String> realDemandedBy() {
    if (isTrue("LEASEHOLD_REQUIRE_REAL")) {
      return Optional.of("LEASEHOLD_REQUIRE_REAL=true");
    }
    return isTrue("CI") ? Optional.of("CI=true") : Optional.empty();
  }
}
