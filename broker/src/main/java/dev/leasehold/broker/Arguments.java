package dev.leasehold.broker;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The words after a command's name: options with a value, switches, and the rest in order. */
final class Arguments {
  private final Map<String, String> values = new HashMap<>();
  private final Set<String> switches = new HashSet<>();
  private final List<String> rest = new ArrayList<>();

  private Arguments() {}

  /**
   * @param options that take a value, as {@code --name VALUE} or {@code --name=VALUE}
   * @param switches that take none
   */
  static Arguments parse(List<String> words, Set<String> options, Set<String> switches)
      throws UsageException {
    Arguments arguments = new Arguments();
    for (int i = 0; i < words.size(); i++) {
      String word = words.get(i);
      if (!word.startsWith("-") || word.equals("-")) {
        arguments.rest.add(word);
        continue;
      }
      int equals = word.indexOf('=');
      String name = equals < 0 ? word : word.substring(0, equals);
      if (options.contains(name)) {
        if (equals < 0 && i + 1 == words.size()) {
          throw new UsageException(name + " needs a value");
        }
        String value = equals < 0 ? words.get(++i) : word.substring(equals + 1);
        if (arguments.values.put(name, value) != null) {
          throw new UsageException(name + " is given twice");
        }
      } else if (switches.contains(word)) {
        arguments.switches.add(word);
      } else {
        throw new UsageException("unknown option " + name);
      }
    }
    return arguments;
  }

  Optional<String> value(String option) {
    return Optional.ofNullable(values.get(option));
  }

  Optional<Path> path(String option) throws UsageException {
    Optional<String> value = value(option);
    return value.isEmpty() ? Optional.empty() : Optional.of(path(option, value.get()));
  }

  Path requiredPath(String option) throws UsageException {
    Optional<Path> path = path(option);
    if (path.isEmpty()) {
      throw new UsageException(option + " FILE is missing");
    }
    return path.get();
  }

  boolean has(String name) {
    return switches.contains(name);
  }

  /** The one word that is no option. */
  String onlyWord(String what) throws UsageException {
    if (rest.size() != 1) {
      throw new UsageException(
          rest.isEmpty() ? what + " is missing" : "one " + what + " is expected, not several");
    }
    return rest.getFirst();
  }

  void expectNoWords() throws UsageException {
    if (!rest.isEmpty()) {
      throw new UsageException("unexpected word: " + rest.getFirst());
    }
  }

  static Path path(String what, String value) throws UsageException {
    try {
      if (value.isEmpty()) {
        throw new UsageException(what + " is empty");
      }
      return Path.of(value);
    } catch (InvalidPathException wrong) {
      throw new UsageException(what + " is not a path");
    }
  }
}
