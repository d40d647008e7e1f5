package dev.leasehold.broker.config;

import dev.leasehold.broker.destination.Destination;
import dev.leasehold.broker.task.TaskKind;
import dev.leasehold.broker.vault.VaultConfig;
import dev.leasehold.broker.vault.VaultConfig.Login;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** What differs between two configurations. */
final class Changes {
  private Changes() {}

  static Set<String> kinds(Configuration before, Configuration after) {
    Set<String> changed = new TreeSet<>();
    before
        .kinds()
        .forEach(
            (name, kind) -> {
              if (!kind.equals(after.kinds().get(name)) || !sameUse(kind, before, after)) {
                changed.add(name);
              }
            });
    return changed;
  }

  private static boolean sameUse(TaskKind kind, Configuration before, Configuration after) {
    return kind.destinations().stream()
            .allMatch(name -> same(before.destinations(), after.destinations(), name))
        && before.credentialsOf(kind).stream()
            .allMatch(
                name ->
                    same(before.credentials(), after.credentials(), name)
                        && same(before.injections(), after.injections(), name));
  }

  private static <T> boolean same(Map<String, T> before, Map<String, T> after, String name) {
    return Objects.equals(before.get(name), after.get(name));
  }

  static List<String> nonReloadable(Configuration before, Configuration after) {
    List<String> keys = new ArrayList<>();
    note(keys, "identity", before.identity(), after.identity());
    if (!sameVault(before.vault(), after.vault())) {
      keys.add("vault");
    }
    if (after.vault().longestTask().compareTo(before.vault().longestTask()) > 0) {
      // A login made for shorter tasks would end before such a task does.
      keys.add("tasks.*.ttl (longer than any before)");
    }
    note(keys, "listen.proxy", before.proxy().proxy(), after.proxy().proxy());
    note(keys, "listen.default-proxy", before.proxy().defaultProxy(), after.proxy().defaultProxy());
    note(keys, "default-task", before.defaultTask(), after.defaultTask());
    note(keys, "resolver", before.proxy().nameServer(), after.proxy().nameServer());
    note(keys, "listen.unsafe-listen", before.proxy().unsafeListen(), after.proxy().unsafeListen());
    note(keys, "listen.admin", before.admin(), after.admin());
    note(keys, "control", before.control(), after.control());
    note(keys, "approvals", before.approvals(), after.approvals());
    note(keys, "delegation", before.delegation(), after.delegation());
    note(keys, "audit", before.audit(), after.audit());
    note(keys, "interception", before.signing(), after.signing());
    note(keys, "runtime-dir", before.runtimeDir(), after.runtimeDir());
    note(keys, "state-dir", before.stateDir(), after.stateDir());
    // A destination that is gone is none of these: its address stays, and refuses everything.
    for (String name : new TreeSet<>(after.destinations().keySet())) {
      String key = "destinations." + name + ".endpoint";
      note(keys, key, endpoint(before, name), endpoint(after, name));
    }
    return List.copyOf(keys);
  }

  private static Optional<String> endpoint(Configuration configuration, String destination) {
    return Optional.ofNullable(configuration.destinations().get(destination))
        .flatMap(Destination::endpoint);
  }

  private static void note(List<String> keys, String key, Object before, Object after) {
    if (!before.equals(after)) {
      keys.add(key);
    }
  }

  private static boolean sameVault(VaultConfig before, VaultConfig after) {
    Login one = before.login();
    Login two = after.login();
    return before.address().equals(after.address())
        && before.trust().equals(after.trust())
        && before.heartbeat().equals(after.heartbeat())
        && one.method() == two.method()
        && one.mount().equals(two.mount())
        && one.role().equals(two.role())
        && one.audience().equals(two.audience())
        && (one.ttl().equals(two.ttl()) || hasDefaultTtl(before) && hasDefaultTtl(after));
  }

  private static boolean hasDefaultTtl(VaultConfig config) {
    return config.login().ttl().equals(Login.defaultTtl(config.longestTask()));
  }
}
