package dev.leasehold.testbed.vault.mount;

import dev.leasehold.testbed.vault.wire.Refusal;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentSkipListMap;

/** Backends by the path they are mounted at. Thread-safe. */
public final class Mounts {
  /**
   * One mounted backend.
   *
   * @param path with its trailing slash, {@code auth/} included
   */
  public record Mount(
      String path,
      String accessor,
      String description,
      Map<String, String> options,
      Backend backend) {}

  private final ConcurrentSkipListMap<String, Mount> mounts = new ConcurrentSkipListMap<>();

  public void add(String path, String description, Map<String, String> options, Backend backend) {
    String accessor =
        path.replaceFirst("/$", "").replace('/', '_')
            + "_"
            + UUID.randomUUID().toString().substring(0, 8);
    Mount mount = new Mount(path, accessor, description, Map.copyOf(options), backend);
    boolean below = mounts.keySet().stream().anyMatch(other -> other.startsWith(path));
    if (below || find(path).isPresent()) {
      throw Refusal.badRequest("path is already in use at " + path.replaceFirst("^auth/", ""));
    }
    mounts.put(path, mount);
  }

  public void remove(String path) {
    mounts.remove(path);
  }

  public Map<String, Mount> all() {
    return Map.copyOf(mounts);
  }

  /** The mount that a request path belongs to; of two that fit, the longer one. */
  public Optional<Mount> find(String path) {
    return mounts.values().stream()
        .filter(mount -> path.startsWith(mount.path()))
        .max(java.util.Comparator.comparingInt(mount -> mount.path().length()));
  }
}
