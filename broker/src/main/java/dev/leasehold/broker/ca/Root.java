package dev.leasehold.broker.ca;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;

/**
 * What is trusted, while it is being made: whoever makes one lets go of it, and so of its key, when
 * it has signed.
 */
final class Root {
  static final Duration LIFE = Duration.ofDays(365);

  /** How far an agent's clock may be behind ours. */
  static final Duration CLOCK_SKEW = Duration.ofHours(1);

  private final String mark;
  private final KeyPair keys;
  private final X509Certificate certificate;
  private int authorities;

  private Root(String mark, KeyPair keys, X509Certificate certificate) {
    this.mark = mark;
    this.keys = keys;
    this.certificate = certificate;
  }

  static Root make(Instant now) throws GeneralSecurityException {
    String mark = mark();
    KeyPair keys = keys();
    X509Certificate certificate =
        new CertificateForm(
                name(mark).principal(),
                name(mark),
                keys.getPublic(),
                now.minus(CLOCK_SKEW),
                now.plus(LIFE),
                List.of(
                    Extension.authority(1),
                    Extension.signsCertificates(),
                    Extension.subjectKey(keys.getPublic())))
            .sign(keys.getPrivate());
    return new Root(mark, keys, certificate);
  }

  /** For names: a bundle may hold the roots of several CAs, and of several sidecars. */
  static String mark() {
    byte[] random = new byte[4];
    new SecureRandom().nextBytes(random);
    return HexFormat.of().formatHex(random);
  }

  /** P-256: the curve that every client takes, and the fastest of those. */
  static KeyPair keys() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    return generator.generateKeyPair();
  }

  private static Name name(String mark) {
    return Name.authority("Leasehold root " + mark);
  }

  static String nameOfAuthority(String mark, int number) {
    return "Leasehold interception " + mark + " " + number;
  }

  /** Lives as long as the root. */
  Authority authority(Collection<String> hosts, KeyPair leafKeys) throws GeneralSecurityException {
    Name name = Name.authority(nameOfAuthority(mark, ++authorities));
    KeyPair own = keys();
    X509Certificate signed =
        new CertificateForm(
                certificate.getSubjectX500Principal(),
                name,
                own.getPublic(),
                certificate.getNotBefore().toInstant(),
                notAfter(),
                List.of(
                    Extension.authority(0),
                    Extension.signsCertificates(),
                    Extension.serversOnly(),
                    Extension.constraints(Constraints.of(hosts)),
                    Extension.subjectKey(own.getPublic()),
                    Extension.authorityKey(certificate)))
            .sign(keys.getPrivate());
    return new Authority(own.getPrivate(), List.of(signed), leafKeys);
  }

  X509Certificate certificate() {
    return certificate;
  }

  Instant notAfter() {
    return certificate.getNotAfter().toInstant();
  }
}
