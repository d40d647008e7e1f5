package dev.leasehold.broker.ca;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * The CA for one set of hosts: a root whose private key is let go of at once, authorities below it
 * that are constrained to the hosts, and a leaf for each host that was asked for. All of it is in
 * memory. Safe for several threads.
 */
public final class InterceptionCa {
  /**
   * Hosts of one authority. Its certificate, which names them all, goes over the wire in every
   * handshake, and Java refuses a handshake message above 32 KiB.
   */
  private static final int HOSTS_OF_ONE_AUTHORITY = 32;

  /** Covers no host. */
  static final InterceptionCa NONE = new InterceptionCa(List.of(), Instant.MAX, Map.of());

  private final List<X509Certificate> roots;
  private final Instant notAfter;
  private final Map<String, HostLeaf> leaves;

  private InterceptionCa(
      List<X509Certificate> roots, Instant notAfter, Map<String, HostLeaf> leaves) {
    this.roots = roots;
    this.notAfter = notAfter;
    this.leaves = Map.copyOf(leaves);
  }

  /**
   * Makes the keys and signs; takes some milliseconds once the JDK has done it before.
   *
   * @param hosts lower-case names, and addresses without brackets
   */
  public static InterceptionCa of(Set<String> hosts, InstantSource clock) {
    try {
      Root root = Root.make(clock.instant());
      KeyPair leafKeys = Root.keys();
      Map<String, HostLeaf> leaves = new HashMap<>();
      for (List<String> few : parts(hosts)) {
        Authority authority = root.authority(few, leafKeys);
        few.forEach(host -> leaves.put(host, new HostLeaf(host, authority, clock)));
      }
      return new InterceptionCa(List.of(root.certificate()), root.notAfter(), leaves);
    } catch (GeneralSecurityException everyJdkHasIt) {
      throw new IllegalStateException(everyJdkHasIt);
    }
  }

  private static List<List<String>> parts(Collection<String> hosts) {
    List<String> sorted = hosts.stream().sorted().toList();
    List<List<String>> parts = new ArrayList<>();
    for (int from = 0; from < sorted.size(); from += HOSTS_OF_ONE_AUTHORITY) {
      parts.add(sorted.subList(from, Math.min(from + HOSTS_OF_ONE_AUTHORITY, sorted.size())));
    }
    return parts;
  }

  /**
   * What to show as {@code host}; completes on any thread, mostly at once. Never blocks. Empty, and
   * nothing is minted or kept, where the host is none of this CA's.
   *
   * @param host lower case, an address without brackets
   */
  public Optional<CompletableFuture<Leaf>> leaf(String host) {
    return Optional.ofNullable(leaves.get(host)).map(HostLeaf::get);
  }

  /** What must be trusted: one certificate, or none for a CA that covers no host. */
  public List<X509Certificate> roots() {
    return roots;
  }

  Set<String> hosts() {
    return leaves.keySet();
  }

  Instant notAfter() {
    return notAfter;
  }
}
