package dev.leasehold.testbed.vault.auth;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** The auth methods that have a say when one of their login tokens is renewed. Thread-safe. */
public final class Renewers {
  private final ConcurrentMap<String, LoginRenewer> byPath = new ConcurrentHashMap<>();

  /** Makes a method answer for the tokens made at {@code <mount>login}. */
  public void add(String mount, LoginRenewer renewer) {
    byPath.put(mount + "login", renewer);
  }

  Optional<LoginRenewer> of(String path) {
    return Optional.ofNullable(Map.copyOf(byPath).get(path));
  }
}
