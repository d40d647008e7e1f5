package dev.leasehold.testbed.vault.mount;

import dev.leasehold.testbed.vault.wire.Operation;
import dev.leasehold.testbed.vault.wire.Refusal;
import dev.leasehold.testbed.vault.wire.VaultReply;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * The paths of a backend, relative to its mount. In a pattern {@code {name}} stands for one segment
 * and {@code {name*}} for the rest; the first pattern that fits decides.
 */
public final class Paths {
  /** What a path does, and to whom it is open. */
  private static final class Path {
    final String[] pattern;
    final Map<Operation, Function<Call, VaultReply>> handlers = new HashMap<>();
    Optional<Predicate<Map<String, String>>> existence = Optional.empty();
    boolean sudo;

    Path(String pattern) {
      this.pattern = pattern.split("/", -1);
    }

    Optional<Map<String, String>> match(String path) {
      String[] given = path.split("/", -1);
      Map<String, String> names = new HashMap<>();
      for (int i = 0; i < pattern.length; i++) {
        String wanted = pattern[i];
        if (wanted.endsWith("*}")) {
          String rest =
              i < given.length ? String.join("/", List.of(given).subList(i, given.length)) : "";
          names.put(wanted.substring(1, wanted.length() - 2), rest);
          return Optional.of(names);
        }
        if (i >= given.length) {
          return Optional.empty();
        }
        if (wanted.startsWith("{") && !given[i].isEmpty()) {
          names.put(wanted.substring(1, wanted.length() - 1), given[i]);
        } else if (!wanted.equals(given[i])) {
          return Optional.empty();
        }
      }
      return given.length == pattern.length ? Optional.of(names) : Optional.empty();
    }
  }

  private record Hit(Path path, Map<String, String> names) {}

  private final List<Path> paths = new ArrayList<>();

  /** Adds a handler; {@code UPDATE} also serves creations. */
  public Paths on(String pattern, Operation operation, Function<Call, VaultReply> handler) {
    path(pattern).handlers.put(operation, handler);
    return this;
  }

  /** A write to this path is a creation where the thing is not there yet. */
  public Paths existing(String pattern, Predicate<Map<String, String>> exists) {
    path(pattern).existence = Optional.of(exists);
    return this;
  }

  /** The path wants the {@code sudo} capability as well. */
  public Paths sudo(String pattern) {
    path(pattern).sudo = true;
    return this;
  }

  /** Whether a write to the path would make something new. */
  boolean creates(String relative) {
    return hit(relative)
        .filter(hit -> hit.path.existence.map(exists -> !exists.test(hit.names)).orElse(false))
        .isPresent();
  }

  boolean wantsSudo(String relative) {
    return hit(relative).filter(hit -> hit.path.sudo).isPresent();
  }

  VaultReply handle(String relative, Call call) {
    Hit hit = hit(relative).orElseThrow(Refusal::unsupportedPath);
    Operation operation = call.request().operation();
    Function<Call, VaultReply> handler =
        hit.path.handlers.get(operation == Operation.CREATE ? Operation.UPDATE : operation);
    if (handler == null) {
      throw Refusal.unsupportedOperation();
    }
    return handler.apply(new Call(call.request(), call.token(), call.mount(), hit.names));
  }

  private Optional<Hit> hit(String relative) {
    return paths.stream()
        .flatMap(path -> path.match(relative).map(names -> new Hit(path, names)).stream())
        .findFirst();
  }

  private Path path(String pattern) {
    String[] segments = pattern.split("/", -1);
    return paths.stream()
        .filter(path -> List.of(path.pattern).equals(List.of(segments)))
        .findFirst()
        .orElseGet(
            () -> {
              Path path = new Path(pattern);
              paths.add(path);
              return path;
            });
  }
}
