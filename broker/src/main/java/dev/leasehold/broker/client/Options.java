package dev.leasehold.broker.client;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The words after a command's name. Options may be repeated where the command says so. */
final class Options {
  /** The options that every command knows: how the sidecar is reached. */
  static final Set<String> COMMON = Set.of("--control", "--token-file");

  private static final String JSON = "--json";
  private static final int MAX_TOKEN = 4096;

  private final Map<String, List<String>> values = new LinkedHashMap<>();
  private final List<String> words = new ArrayList<>();
  private final List<String> command = new ArrayList<>();
  private final Map<String, String> environment;
  private boolean json;

  private Options(Map<String, String> environment) {
    this.environment = environment;
  }

  /**
   * @param known the options that take a value, besides {@link #COMMON}
   */
  static Options parse(List<String> arguments, Map<String, String> environment, Set<String> known)
      throws ClientFailure {
    Options options = new Options(environment);
    for (int i = 0; i < arguments.size(); i++) {
      String word = arguments.get(i);
      if (word.equals("--")) {
        options.command.addAll(arguments.subList(i + 1, arguments.size()));
        break;
      }
      int equals = word.indexOf('=');
      String name = equals < 0 ? word : word.substring(0, equals);
      if (word.equals(JSON)) {
        options.json = true;
      } else if (!word.startsWith("-")) {
        options.words.add(word);
      } else if (!known.contains(name) && !COMMON.contains(name)) {
        throw ClientFailure.usage("unknown option " + name);
      } else if (equals >= 0) {
        options.add(name, word.substring(equals + 1));
      } else if (i + 1 < arguments.size()) {
        options.add(name, arguments.get(++i));
      } else {
        throw ClientFailure.usage(name + " needs a value");
      }
    }
    return options;
  }

  private void add(String name, String value) {
    values.computeIfAbsent(name, first -> new ArrayList<>()).add(value);
  }

  /** Every value of an option that may be repeated. */
  List<String> all(String option) {
    return values.getOrDefault(option, List.of());
  }

  Optional<String> one(String option) throws ClientFailure {
    List<String> given = all(option);
    if (given.size() > 1) {
      throw ClientFailure.usage(option + " is given twice");
    }
    return given.stream().findFirst();
  }

  String required(String option) throws ClientFailure {
    return one(option).orElseThrow(() -> ClientFailure.usage(option + " is missing"));
  }

  /** Whether the answer is wanted as it came. */
  boolean isJson() {
    return json;
  }

  /** What stands after {@code --}. */
  List<String> command() {
    return command;
  }

  List<String> words() {
    return words;
  }

  void expectNoWords() throws ClientFailure {
    if (!words.isEmpty() || !command.isEmpty()) {
      throw ClientFailure.usage("unexpected word: " + (words.isEmpty() ? "--" : words.getFirst()));
    }
  }

  /** The task that the words name, else the one that this process runs for. */
  String task() throws ClientFailure {
    if (words.size() > 1 || !command.isEmpty()) {
      throw ClientFailure.usage("one task is expected, not several words");
    }
    String task = words.isEmpty() ? environment.get("LEASEHOLD_TASK") : words.getFirst();
    if (task == null || !task.matches("[A-Za-z0-9_-]{1,128}")) {
      throw ClientFailure.usage("the task's id is missing, or is none");
    }
    return task;
  }

  /** A client that speaks for a caller of the configuration. */
  ControlClient caller() throws ClientFailure {
    ControlAddress address = address();
    Optional<String> token = tokenFile();
    if (token.isEmpty() && address instanceof ControlAddress.Loopback) {
      token = taskToken();
    }
    return new ControlClient(address, token);
  }

  /** A client for a human who answers questions, at the listener for those. */
  ControlClient approver() throws ClientFailure {
    Optional<String> given =
        one("--control").or(() -> Optional.ofNullable(environment.get("LEASEHOLD_APPROVALS")));
    return new ControlClient(
        ControlAddress.parse(given.orElse("unix:///run/leasehold/approvals.sock")), tokenFile());
  }

  /** A client for one task: with the task's own token where this process has it. */
  ControlClient holder(String task) throws ClientFailure {
    if (tokenFile().isEmpty() && task.equals(environment.get("LEASEHOLD_TASK"))) {
      return new ControlClient(address(), taskToken());
    }
    return caller();
  }

  private ControlAddress address() throws ClientFailure {
    Optional<String> given =
        one("--control").or(() -> Optional.ofNullable(environment.get("LEASEHOLD_CONTROL")));
    return given.isPresent() ? ControlAddress.parse(given.get()) : ControlAddress.usual();
  }

  /** Whether the sidecar knows the caller by its uid, and can give a task addresses of its own. */
  boolean isKnownByUid() throws ClientFailure {
    return tokenFile().isEmpty() && address() instanceof ControlAddress.Socket;
  }

  private Optional<String> taskToken() throws ClientFailure {
    String token = environment.get("LEASEHOLD_TASK_TOKEN");
    return token == null ? Optional.empty() : Optional.of(checked(token, "LEASEHOLD_TASK_TOKEN"));
  }

  private Optional<String> tokenFile() throws ClientFailure {
    Optional<String> file = one("--token-file");
    if (file.isEmpty()) {
      return Optional.empty();
    }
    try {
      Path path = Path.of(file.get());
      if (Files.size(path) > MAX_TOKEN) {
        throw ClientFailure.usage("--token-file is too long for a token");
      }
      String token = Files.readString(path, StandardCharsets.ISO_8859_1).strip();
      return Optional.of(checked(token, "--token-file"));
    } catch (IOException | InvalidPathException unreadable) {
      throw ClientFailure.usage("--token-file cannot be read: " + file.get());
    }
  }

  /** RFC 6750, section 2.1; whatever else it is would make another header of it. */
  private static String checked(String token, String what) throws ClientFailure {
    if (!token.matches("[A-Za-z0-9._~+/-]+=*")) {
      throw ClientFailure.usage(what + " holds no token");
    }
    return token;
  }
}
