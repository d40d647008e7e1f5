package dev.leasehold.testbed.vault.mount;

import java.util.Set;

/** An engine or auth method behind a mount. */
public interface Backend {

  /** The plugin's name, as mounts list it. */
  String type();

  Paths paths();

  /** Paths, relative to the mount, that need no token. */
  default Set<String> open() {
    return Set.of();
  }
}
