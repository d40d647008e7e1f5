package dev.leasehold.testbed.tls;

import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A self-signed certificate authority in memory, with ECDSA P-256 keys. Thread-safe. */
public final class TestCa {

  private static final SecureRandom RANDOM = new SecureRandom();
  private static final Duration SKEW = Duration.ofSeconds(10);

  private final X500Name name;
  private final PrivateKey key;
  private final X509Certificate certificate;

  private TestCa(X500Name name, PrivateKey key, X509Certificate certificate) {
    this.name = name;
    this.key = key;
    this.certificate = certificate;
  }

  /** A root named by its common name, valid for a day. */
  public static TestCa create(String commonName) {
    return create(new X500Name("CN=" + commonName), List.of(), Duration.ofDays(1));
  }

  /** A root with subject alternative names, as a SPIFFE authority carries its trust domain. */
  public static TestCa create(X500Name name, List<GeneralName> names, Duration life) {
    KeyPair pair = newKeyPair();
    Validity validity = Validity.of(life);
    try {
      JcaX509v3CertificateBuilder builder = builder(name, validity, name, pair.getPublic());
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
      builder.addExtension(
          Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
      addNames(builder, names);
      JcaX509ExtensionUtils ids = new JcaX509ExtensionUtils();
      builder.addExtension(
          Extension.subjectKeyIdentifier, false, ids.createSubjectKeyIdentifier(pair.getPublic()));
      return new TestCa(name, pair.getPrivate(), sign(builder, pair.getPrivate()));
    } catch (GeneralSecurityException | IOException | OperatorCreationException broken) {
      throw new IllegalStateException(broken);
    }
  }

  public X509Certificate certificate() {
    return certificate;
  }

  public String pem() {
    return Pem.of(certificate);
  }

  /** A certificate for these host names and IPv4 addresses, good for a day. */
  public Leaf leaf(String... hosts) {
    return issue(new X500Name("CN=" + hosts[0]), hostNames(hosts), Validity.of(Duration.ofDays(1)));
  }

  /** The same, but its last day was yesterday. */
  public Leaf expiredLeaf(String... hosts) {
    Instant yesterday = Instant.now().minus(Duration.ofDays(1));
    Validity past = new Validity(yesterday.minus(Duration.ofDays(1)), yesterday);
    return issue(new X500Name("CN=" + hosts[0]), hostNames(hosts), past);
  }

  /** A certificate for any subject and names, for TLS servers and clients. */
  public Leaf issue(X500Name subject, List<GeneralName> names, Validity validity) {
    KeyPair pair = newKeyPair();
    try {
      JcaX509v3CertificateBuilder builder = builder(name, validity, subject, pair.getPublic());
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
      builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
      builder.addExtension(
          Extension.extendedKeyUsage,
          false,
          new ExtendedKeyUsage(
              new KeyPurposeId[] {KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth}));
      addNames(builder, names);
      JcaX509ExtensionUtils ids = new JcaX509ExtensionUtils();
      builder.addExtension(
          Extension.subjectKeyIdentifier, false, ids.createSubjectKeyIdentifier(pair.getPublic()));
      builder.addExtension(
          Extension.authorityKeyIdentifier, false, ids.createAuthorityKeyIdentifier(certificate));
      return new Leaf(List.of(sign(builder, key)), pair.getPrivate());
    } catch (GeneralSecurityException | IOException | OperatorCreationException broken) {
      throw new IllegalStateException(broken);
    }
  }

  /** A client's context that trusts this authority and nothing else. */
  public SSLContext clientContext() {
    return clientContext(List.of(certificate));
  }

  /** A client's context that trusts these authorities and nothing else. */
  public static SSLContext clientContext(List<X509Certificate> authorities) {
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      for (int i = 0; i < authorities.size(); i++) {
        store.setCertificateEntry("ca" + i, authorities.get(i));
      }
      TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
      trust.init(store);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException | IOException broken) {
      throw new IllegalStateException(broken);
    }
  }

  /** A client's context that trusts the authorities of a PEM file and nothing else. */
  public static SSLContext clientContext(Path pem) throws IOException {
    try (InputStream in = Files.newInputStream(pem)) {
      return clientContext(
          CertificateFactory.getInstance("X.509").generateCertificates(in).stream()
              .map(X509Certificate.class::cast)
              .toList());
    } catch (CertificateException broken) {
      throw new IOException(broken);
    }
  }

  /** A new ECDSA P-256 key pair. */
  public static KeyPair newKeyPair() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"), RANDOM);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException absent) {
      throw new IllegalStateException(absent);
    }
  }

  private static JcaX509v3CertificateBuilder builder(
      X500Name issuer, Validity validity, X500Name subject, PublicKey subjectKey) {
    return new JcaX509v3CertificateBuilder(
        issuer,
        new BigInteger(127, RANDOM),
        Date.from(validity.from()),
        Date.from(validity.until()),
        subject,
        subjectKey);
  }

  private static void addNames(JcaX509v3CertificateBuilder builder, List<GeneralName> names)
      throws IOException {
    if (!names.isEmpty()) {
      builder.addExtension(
          Extension.subjectAlternativeName,
          false,
          new GeneralNames(names.toArray(GeneralName[]::new)));
    }
  }

  private static X509Certificate sign(JcaX509v3CertificateBuilder builder, PrivateKey key)
      throws GeneralSecurityException, OperatorCreationException {
    return new JcaX509CertificateConverter()
        .getCertificate(builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(key)));
  }

  private static List<GeneralName> hostNames(String... hosts) {
    return List.of(hosts).stream().map(TestCa::hostName).toList();
  }

  private static GeneralName hostName(String host) {
    boolean address = host.matches("[0-9.]+|.*:.*");
    return new GeneralName(address ? GeneralName.iPAddress : GeneralName.dNSName, host);
  }

  /** From when until when a certificate is good. */
  public record Validity(Instant from, Instant until) {

    /** From just now (so that clocks may differ by ten seconds) for this long. */
    public static Validity of(Duration life) {
      Instant now = Instant.now();
      return new Validity(now.minus(SKEW), now.plus(life));
    }
  }
}
