package dev.leasehold.testbed.vault.sys;

import dev.leasehold.testbed.vault.mount.Backend;

/** Makes backends by the name of their plugin. */
@FunctionalInterface
public interface Catalog {

  /**
   * A fresh backend; an unknown type is refused.
   *
   * @param path where it will be mounted, {@code auth/} included
   */
  Backend make(String type, boolean auth, String path);
}
