package dev.leasehold.broker.ca;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.security.spec.X509EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;

/** An authority elsewhere: signs what it is asked for, and whatever else a test wants. */
final class FakeSigner implements Signer {
  private static final Name ROOT = Name.authority("Somebody's root");
  private static final Duration ROOT_LIFE = Duration.ofDays(400);

  /** How the public half of every P-256 key begins (RFC 5480 §2). */
  private static final byte[] P256 =
      HexFormat.of().parseHex("3059301306072a8648ce3d020106082a8648ce3d030107034200");

  private static final int P256_LENGTH = 91;

  private final InstantSource clock;
  private final Duration life;
  private final KeyPair keys;
  final X509Certificate root;
  int asked;
  String refusal = "";
  Duration wrongLife = Duration.ZERO;
  Duration wrongBegin = Duration.ZERO;
  boolean belowAnother;
  int below = 1;
  boolean otherKey;
  boolean otherSignature;
  boolean withoutRoot;
  boolean empty;
  List<byte[]> instead = List.of();
  List<Integer> leftOut = List.of();

  FakeSigner(InstantSource clock, Duration life) {
    this.clock = clock;
    this.life = life;
    try {
      keys = Root.keys();
      root =
          new CertificateForm(
                  ROOT.principal(),
                  ROOT,
                  keys.getPublic(),
                  clock.instant().minus(Duration.ofHours(1)),
                  clock.instant().plus(ROOT_LIFE),
                  List.of(
                      Extension.authority(2),
                      Extension.signsCertificates(),
                      Extension.subjectKey(keys.getPublic())))
              .sign(keys.getPrivate());
    } catch (GeneralSecurityException everyJdkHasIt) {
      throw new IllegalStateException(everyJdkHasIt);
    }
  }

  @Override
  public List<X509Certificate> sign(String name, String request, Constraints constraints)
      throws IOException {
    asked++;
    if (!refusal.isEmpty()) {
      throw new IOException(refusal);
    }
    try {
      if (belowAnother) {
        KeyPair between = Root.keys();
        X509Certificate issuer = issuer(between.getPublic());
        return List.of(certificate(name, key(request), constraints, issuer, between), root, issuer);
      }
      X509Certificate signed = certificate(name, key(request), constraints, root, keys);
      return empty ? List.of() : withoutRoot ? List.of(signed) : List.of(signed, root);
    } catch (GeneralSecurityException failure) {
      throw new IOException(failure);
    }
  }

  private X509Certificate issuer(PublicKey key) throws GeneralSecurityException {
    return new CertificateForm(
            root.getSubjectX500Principal(),
            Name.authority("Somebody's issuer"),
            key,
            clock.instant().minusSeconds(30),
            root.getNotAfter().toInstant(),
            List.of(
                Extension.authority(below),
                Extension.signsCertificates(),
                Extension.subjectKey(key)))
        .sign(keys.getPrivate());
  }

  private X509Certificate certificate(
      String name,
      PublicKey asked,
      Constraints constraints,
      X509Certificate issuer,
      KeyPair issuerKeys)
      throws GeneralSecurityException {
    PublicKey key = otherKey ? Root.keys().getPublic() : asked;
    List<byte[]> extensions =
        new ArrayList<>(
            List.of(
                Extension.authority(0),
                Extension.signsCertificates(),
                Extension.constraints(constraints),
                Extension.subjectKey(key)));
    leftOut.forEach(index -> extensions.set(index, new byte[0]));
    extensions.addAll(instead);
    Instant begin = clock.instant().minusSeconds(30).plus(wrongBegin);
    Instant end = clock.instant().plus(life).plus(wrongLife);
    return new CertificateForm(
            issuer.getSubjectX500Principal(), Name.authority(name), key, begin, end, extensions)
        .sign((otherSignature ? Root.keys() : issuerKeys).getPrivate());
  }

  private static PublicKey key(String request) throws GeneralSecurityException {
    byte[] der = Base64.getMimeDecoder().decode(request.replaceAll("-----[A-Z ]+-----", ""));
    String text = new String(der, StandardCharsets.ISO_8859_1);
    int at = text.indexOf(new String(P256, StandardCharsets.ISO_8859_1));
    return KeyFactory.getInstance("EC")
        .generatePublic(new X509EncodedKeySpec(Arrays.copyOfRange(der, at, at + P256_LENGTH)));
  }
}
