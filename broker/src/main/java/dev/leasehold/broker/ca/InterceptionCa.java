package dev.leasehold.broker.ca;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * The CA for one set of hosts: a root whose private key is gone when the constructor returns,
 * authorities below it that are constrained to the hosts, and a leaf for each host that was asked
 * for. All of it is in memory. Safe for several threads.
 */
public final class InterceptionCa {
  static final Duration LIFE = Duration.ofDays(365);

  /** How far an agent's clock may be behind ours. */
  static final Duration CLOCK_SKEW = Duration.ofHours(1);

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
      return make(hosts, clock);
    } catch (GeneralSecurityException everyJdkHasIt) {
      throw new IllegalStateException(everyJdkHasIt);
    }
  }

  private static InterceptionCa make(Set<String> hosts, InstantSource clock)
      throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    Instant now = clock.instant();
    Instant notBefore = now.minus(CLOCK_SKEW);
    Instant notAfter = now.plus(LIFE);
    // A name of its own: a bundle may hold the roots of several CAs, and of several sidecars.
    String mark = mark();
    String rootName = "Leasehold root " + mark;
    KeyPair rootKeys = generator.generateKeyPair();
    X509Certificate root =
        new CertificateForm(
                rootName,
                rootName,
                rootKeys.getPublic(),
                notBefore,
                notAfter,
                List.of(
                    Extension.authority(1),
                    Extension.signsCertificates(),
                    Extension.subjectKey(rootKeys.getPublic())))
            .sign(rootKeys.getPrivate());
    KeyPair leafKeys = generator.generateKeyPair();
    Map<String, HostLeaf> leaves = new HashMap<>();
    int number = 0;
    for (List<String> few : parts(hosts)) {
      String name = "Leasehold interception " + mark + " " + ++number;
      KeyPair keys = generator.generateKeyPair();
      X509Certificate certificate =
          new CertificateForm(
                  rootName,
                  name,
                  keys.getPublic(),
                  notBefore,
                  notAfter,
                  List.of(
                      Extension.authority(0),
                      Extension.signsCertificates(),
                      Extension.serversOnly(),
                      Extension.constraints(few),
                      Extension.subjectKey(keys.getPublic()),
                      Extension.authorityKey(rootKeys.getPublic())))
              .sign(rootKeys.getPrivate());
      Authority authority = new Authority(keys.getPrivate(), certificate, name, leafKeys);
      few.forEach(host -> leaves.put(host, new HostLeaf(host, authority, clock)));
    }
    return new InterceptionCa(List.of(root), notAfter, leaves);
  }

  private static List<List<String>> parts(Collection<String> hosts) {
    List<String> sorted = hosts.stream().sorted().toList();
    List<List<String>> parts = new ArrayList<>();
    for (int from = 0; from < sorted.size(); from += HOSTS_OF_ONE_AUTHORITY) {
      parts.add(sorted.subList(from, Math.min(from + HOSTS_OF_ONE_AUTHORITY, sorted.size())));
    }
    return parts;
  }

  private static String mark() {
    byte[] bytes = new byte[4];
    new SecureRandom().nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
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
