package dev.leasehold.broker.policy;

import dev.leasehold.broker.destination.CanonicalPath;
import dev.leasehold.broker.destination.PathPattern;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * What an agent says that a call is for: {@code Leasehold-Intent: <action> <resource>}. The action
 * is a method or one of {@code read}, {@code write}, {@code delete}; the resource is a
 * destination's name, perhaps followed by a path rule: {@code read broker-api/api/queues/**}.
 * Asserted, so it can only narrow.
 *
 * @param paths empty: any path of the destination
 */
public record Intent(Set<String> methods, String destination, Optional<PathPattern> paths) {
  /** The header that says it. */
  public static final String HEADER = "leasehold-intent";

  private static final Set<String> READS = Set.of("GET", "HEAD", "OPTIONS");
  private static final Set<String> WRITES = Set.of("POST", "PUT", "PATCH");
  private static final int LONGEST = 512;

  /** Whether what is said and what is seen agree. */
  public enum Agreement {
    AGREES,
    DIFFERS,
    /** Nothing was said. */
    NONE;

    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public Intent {
    methods = Set.copyOf(methods);
  }

  /** Reads the header's value; empty when it cannot be read. */
  public static Optional<Intent> parse(String value) {
    int space = value.indexOf(' ');
    if (space < 1 || value.length() > LONGEST) {
      return Optional.empty();
    }
    String resource = value.substring(space + 1).strip();
    int slash = resource.indexOf('/');
    String destination = slash < 0 ? resource : resource.substring(0, slash);
    if (destination.isEmpty() || resource.indexOf(' ') >= 0) {
      return Optional.empty();
    }
    try {
      Optional<PathPattern> paths =
          slash < 0 ? Optional.empty() : Optional.of(PathPattern.parse(resource.substring(slash)));
      return Optional.of(new Intent(methods(value.substring(0, space)), destination, paths));
    } catch (IllegalArgumentException noPath) {
      return Optional.empty();
    }
  }

  private static Set<String> methods(String action) {
    return switch (action.toLowerCase(Locale.ROOT)) {
      case "read" -> READS;
      case "write" -> WRITES;
      case "delete" -> Set.of("DELETE");
      default -> Set.of(action.toUpperCase(Locale.ROOT));
    };
  }

  boolean agrees(String method, String seen, CanonicalPath path) {
    return methods.contains(method)
        && destination.equals(seen)
        && (paths.isEmpty() || paths.get().matches(path));
  }
}
