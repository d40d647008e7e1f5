package dev.leasehold.broker.config;

import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;

/** What a configuration is checked against besides itself. */
interface Machine {
  /** An environment variable. */
  Optional<String> variable(String name);

  /** The sidecar's uid; empty where the system does not tell. */
  OptionalInt ownUid();

  /** Empty when there is no such file. Follows links. */
  Optional<FileFacts> facts(Path file);

  /** Whether the user belongs to the group; true when that cannot be found out. */
  boolean mayBelong(int uid, int gid);

  /** Why files that agents shall trust may not be put there; follows no link. */
  Optional<String> refusal(Path runtimeDir);

  /**
   * A file's rights.
   *
   * @param readable by this process
   * @param mode POSIX bits, with those for set-uid, set-gid and sticky
   * @param fixed on a file system that is mounted read-only
   */
  record FileFacts(boolean regular, boolean readable, int mode, int uid, int gid, boolean fixed) {
    boolean isOpenToOthers(int bits) {
      return (mode & bits) != 0;
    }
  }

  static Machine local() {
    return new LocalMachine();
  }
}
