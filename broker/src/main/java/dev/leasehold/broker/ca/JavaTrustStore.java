package dev.leasehold.broker.ca;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.PBEParameterSpec;

/**
 * A PKCS #12 store of trusted certificates (RFC 7292) that every Java since 8 reads. Not written by
 * the JDK's own {@code KeyStore}: that encrypts the certificates, which are public, under a
 * password that everybody knows, with algorithms of which Java 8 does not know the newer ones and
 * newer Javas may refuse the older ones.
 */
final class JavaTrustStore {
  static final String PASSWORD = "changeit";

  private static final String DATA = "1.2.840.113549.1.7.1";
  private static final String CERTIFICATE_BAG = "1.2.840.113549.1.12.10.1.3";
  private static final String X509_CERTIFICATE = "1.2.840.113549.1.9.22.1";
  private static final String FRIENDLY_NAME = "1.2.840.113549.1.9.20";

  /** Without it Java takes the certificate for one that belongs to some key. */
  private static final String TRUSTED_KEY_USAGE = "2.16.840.1.113894.746875.1.1";

  private static final String ANY_USAGE = "2.5.29.37.0";
  private static final String SHA1 = "1.3.14.3.2.26";
  private static final int MAC_ITERATIONS = 1024; // of a password that is no secret

  private JavaTrustStore() {}

  /**
   * @param certificates encoded
   */
  static byte[] of(List<byte[]> certificates) throws GeneralSecurityException {
    List<byte[]> bags = new ArrayList<>();
    for (byte[] certificate : certificates) {
      bags.add(bag(certificate, "leasehold-" + bags.size()));
    }
    byte[] safe = Der.sequence(data(Der.sequence(bags.toArray(byte[][]::new))));
    return Der.sequence(Der.integer(3), data(safe), mac(safe));
  }

  private static byte[] data(byte[] content) {
    return Der.sequence(Der.oid(DATA), Der.constructed(0, Der.octets(content)));
  }

  private static byte[] bag(byte[] certificate, String name) {
    return Der.sequence(
        Der.oid(CERTIFICATE_BAG),
        Der.constructed(
            0,
            Der.sequence(Der.oid(X509_CERTIFICATE), Der.constructed(0, Der.octets(certificate)))),
        Der.set(
            attribute(TRUSTED_KEY_USAGE, Der.oid(ANY_USAGE)), // the shorter one first
            attribute(FRIENDLY_NAME, Der.bmp(name))));
  }

  private static byte[] attribute(String oid, byte[] value) {
    return Der.sequence(Der.oid(oid), Der.set(value));
  }

  /** Some readers want one wherever a password is given. It says nothing of who wrote the file. */
  private static byte[] mac(byte[] safe) throws GeneralSecurityException {
    byte[] salt = new byte[8];
    new SecureRandom().nextBytes(salt);
    Mac mac = Mac.getInstance("HmacPBESHA1");
    mac.init(
        SecretKeyFactory.getInstance("PBE").generateSecret(new PBEKeySpec(PASSWORD.toCharArray())),
        new PBEParameterSpec(salt, MAC_ITERATIONS));
    mac.update(ByteBuffer.wrap(safe));
    return Der.sequence(
        Der.sequence(Der.sequence(Der.oid(SHA1), Der.nothing()), Der.octets(mac.doFinal())),
        Der.octets(salt),
        Der.integer(MAC_ITERATIONS));
  }
}
