package dev.leasehold.broker.config;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** A machine on which every file is there and only the sidecar can write it, unless told. */
final class FakeMachine implements Machine {
  static final int OWN_UID = 990;

  private static final FileFacts QUIET = new FileFacts(true, true, 0100640, OWN_UID, 990, false);

  private final Map<String, String> variables = new HashMap<>();
  private final Map<String, Optional<FileFacts>> files = new HashMap<>();
  private Optional<String> runtimeDirRefusal = Optional.empty();
  private final Map<Integer, Integer> groupOf = new HashMap<>();

  FakeMachine with(String variable, String value) {
    variables.put(variable, value);
    return this;
  }

  FakeMachine without(String file) {
    files.put(file, Optional.empty());
    return this;
  }

  /** A path that ends so has these rights. */
  FakeMachine file(String ending, int mode, int uid, int gid) {
    files.put(ending, Optional.of(new FileFacts(true, true, mode, uid, gid, false)));
    return this;
  }

  FakeMachine refusingRuntimeDir(String why) {
    runtimeDirRefusal = Optional.of(why);
    return this;
  }

  FakeMachine member(int uid, int gid) {
    groupOf.put(uid, gid);
    return this;
  }

  @Override
  public Optional<String> variable(String name) {
    return Optional.ofNullable(variables.get(name));
  }

  @Override
  public OptionalInt ownUid() {
    return OptionalInt.of(OWN_UID);
  }

  @Override
  public Optional<FileFacts> facts(Path file) {
    return files.entrySet().stream()
        .filter(entry -> file.toString().endsWith(entry.getKey()))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElse(Optional.of(QUIET));
  }

  @Override
  public Optional<String> refusal(Path runtimeDir) {
    return runtimeDirRefusal;
  }

  @Override
  public boolean mayBelong(int uid, int gid) {
    return Integer.valueOf(gid).equals(groupOf.get(uid));
  }
}
