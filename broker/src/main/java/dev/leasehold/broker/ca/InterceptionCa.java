package dev.leasehold.broker.ca;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
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
  static final InterceptionCa NONE =
      new InterceptionCa(List.of(), Instant.MAX, Instant.MAX, Map.of());

  /** One of our own making is followed by another so long before its own end. */
  private static final Duration FOLLOWED_BEFORE_END = Duration.ofDays(90);

  private final List<X509Certificate> roots;
  private final Instant notAfter;
  private final Instant followedFrom;
  private final Map<String, HostLeaf> leaves;

  private InterceptionCa(
      List<X509Certificate> roots,
      Instant notAfter,
      Instant followedFrom,
      Map<String, HostLeaf> leaves) {
    this.roots = List.copyOf(roots);
    this.notAfter = notAfter;
    this.followedFrom = followedFrom;
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
      return new InterceptionCa(
          List.of(root.certificate()),
          root.notAfter(),
          root.notAfter().minus(FOLLOWED_BEFORE_END),
          leaves);
    } catch (GeneralSecurityException everyJdkHasIt) {
      throw new IllegalStateException(everyJdkHasIt);
    }
  }

  /**
   * The same with authorities that {@code signer} has signed, below a root of its own. Blocks.
   *
   * @param life of the authorities; another CA follows when two thirds of it are over
   * @throws IOException when they are not signed, or not as they were to be
   */
  public static InterceptionCa signed(
      Set<String> hosts, InstantSource clock, Signer signer, Duration life) throws IOException {
    try {
      Instant now = clock.instant();
      String mark = Root.mark();
      KeyPair leafKeys = Root.keys();
      Set<X509Certificate> roots = new LinkedHashSet<>();
      Instant end = Instant.MAX;
      Map<String, HostLeaf> leaves = new HashMap<>();
      int number = 0;
      for (List<String> few : parts(hosts)) {
        String name = Root.nameOfAuthority(mark, ++number);
        SignedAuthority signed =
            SignedAuthority.make(name, few, leafKeys, signer, clock.instant(), life);
        roots.add(signed.root());
        Authority authority = signed.authority();
        end = authority.notAfter().isBefore(end) ? authority.notAfter() : end;
        few.forEach(host -> leaves.put(host, new HostLeaf(host, authority, clock)));
      }
      return new InterceptionCa(
          List.copyOf(roots), end, now.plus(life.multipliedBy(2).dividedBy(3)), leaves);
    } catch (GeneralSecurityException everyJdkHasIt) {
      throw new IllegalStateException(everyJdkHasIt);
    }
  }

  /** What the authorities of a CA for these hosts are constrained to, one by one. */
  public static List<Constraints> constraints(Set<String> hosts) {
    return parts(hosts).stream().map(Constraints::of).toList();
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

  /** What must be trusted: none for a CA that covers no host. */
  public List<X509Certificate> roots() {
    return roots;
  }

  Set<String> hosts() {
    return leaves.keySet();
  }

  /** When another CA is to follow. */
  Instant followedFrom() {
    return followedFrom;
  }

  Instant notAfter() {
    return notAfter;
  }
}
