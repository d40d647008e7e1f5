package dev.leasehold.broker.task;

import static java.util.stream.Collectors.joining;

import dev.leasehold.broker.destination.CanonicalPath;
import dev.leasehold.broker.destination.Classification;
import dev.leasehold.broker.destination.PathPattern;
import dev.leasehold.broker.destination.Rule;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a parent leaves its child of what the kind allows, besides destinations and life. An empty
 * field narrows nothing.
 *
 * @param methods upper case
 * @param credentials names
 * @param classification the most sensitive that may be used
 * @param places what the sidecar that delegated lets be called at each destination, by name
 * @param calls how many the child and all below it may make together
 */
public record Narrowing(
    Optional<Set<String>> methods,
    Optional<List<PathPattern>> paths,
    Optional<Set<String>> credentials,
    Optional<Classification> classification,
    Optional<Map<String, Place>> places,
    Optional<Long> calls) {
  /**
   * The rules of one place elsewhere, which hold besides those of here.
   *
   * @param deny wins
   */
  public record Place(List<Rule> allow, List<Rule> deny) {
    public Place {
      allow = List.copyOf(allow);
      deny = List.copyOf(deny);
    }

    boolean permits(String method, CanonicalPath path) {
      return deny.stream().noneMatch(rule -> rule.matches(method, path))
          && allow.stream().anyMatch(rule -> rule.matches(method, path));
    }
  }

  /** Of a task that nobody delegated. */
  public static final Narrowing NONE =
      new Narrowing(
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty());

  public Narrowing {
    methods = methods.map(Set::copyOf);
    paths = paths.map(List::copyOf);
    credentials = credentials.map(Set::copyOf);
    places = places.map(Map::copyOf);
  }

  /** Such as {@code methods=GET calls=5}; empty where nothing is narrowed. */
  @Override
  public String toString() {
    List<String> parts = new ArrayList<>();
    methods.ifPresent(names -> parts.add("methods=" + sorted(names)));
    paths.ifPresent(
        patterns ->
            parts.add("paths=" + patterns.stream().map(String::valueOf).collect(joining(","))));
    credentials.ifPresent(names -> parts.add("credentials=" + sorted(names)));
    classification.ifPresent(level -> parts.add("classification=" + level.word()));
    calls.ifPresent(most -> parts.add("calls=" + most));
    return String.join(" ", parts);
  }

  private static String sorted(Set<String> names) {
    return names.stream().sorted().collect(joining(","));
  }

  /** The name of the field in which this would have more than {@code wider}; empty for none. */
  Optional<String> widens(Narrowing wider) {
    if (!within(methods, wider.methods)) {
      return Optional.of("methods");
    }
    if (!pathsWithin(wider)) {
      return Optional.of("paths");
    }
    if (!within(credentials, wider.credentials)) {
      return Optional.of("credentials");
    }
    if (classification.isPresent()
        && wider.classification.isPresent()
        && classification.get().compareTo(wider.classification.get()) > 0) {
      return Optional.of("classification");
    }
    return calls.isPresent() && wider.calls.isPresent() && calls.get() > wider.calls.get()
        ? Optional.of("calls")
        : Optional.empty();
  }

  private static boolean within(Optional<Set<String>> own, Optional<Set<String>> wider) {
    return own.isEmpty() || wider.isEmpty() || wider.get().containsAll(own.get());
  }

  private boolean pathsWithin(Narrowing wider) {
    if (paths.isEmpty() || wider.paths.isEmpty()) {
      return true;
    }
    for (PathPattern path : paths.get()) {
      if (wider.paths.get().stream().noneMatch(other -> other.covers(path))) {
        return false;
      }
    }
    return true;
  }

  /** This one, with what it does not say taken from {@code wider}. */
  Narrowing within(Narrowing wider) {
    return new Narrowing(
        methods.or(wider::methods),
        paths.or(wider::paths),
        credentials.or(wider::credentials),
        classification.or(wider::classification),
        places.or(wider::places),
        calls.or(wider::calls));
  }

  /**
   * The name of the field that does not let a call pass; empty when all do.
   *
   * @param destination its name
   * @param level of the credential; empty where none is used or none is known
   */
  public Optional<String> denies(
      String destination,
      String method,
      CanonicalPath path,
      Optional<String> credential,
      Optional<String> level) {
    if (places.isPresent() && !permits(places.get().get(destination), method, path)) {
      return Optional.of("grant");
    }
    if (methods.isPresent() && !methods.get().contains(method)) {
      return Optional.of("methods");
    }
    if (paths.isPresent() && paths.get().stream().noneMatch(each -> each.matches(path))) {
      return Optional.of("paths");
    }
    if (credential.isEmpty()) {
      return Optional.empty();
    }
    if (!mayUseName(credential.get())) {
      return Optional.of("credentials");
    }
    return mayUseLevel(level) ? Optional.empty() : Optional.of("classification");
  }

  private static boolean permits(@Nullable Place place, String method, CanonicalPath path) {
    return place != null && place.permits(method, path);
  }

  /** The field that does not let bytes pass that nobody can see; empty when none minds. */
  public Optional<String> deniesUnseen() {
    return methods.isPresent()
        ? Optional.of("methods")
        : paths.isPresent()
            ? Optional.of("paths")
            : places.isPresent() ? Optional.of("grant") : Optional.empty();
  }

  /** Whether a credential of that name and level may be used at all. */
  public boolean mayUse(String credential, Optional<String> level) {
    return mayUseName(credential) && mayUseLevel(level);
  }

  private boolean mayUseName(String credential) {
    return credentials.isEmpty() || credentials.get().contains(credential);
  }

  /** A level that is not known is the highest. */
  private boolean mayUseLevel(Optional<String> level) {
    if (classification.isEmpty()) {
      return true;
    }
    Classification used = level.flatMap(Classification::of).orElse(Classification.RESTRICTED);
    return used.compareTo(classification.get()) <= 0;
  }
}
