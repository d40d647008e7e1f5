package dev.leasehold.broker.ca;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;

/** Whether two keys are a pair. */
final class Signatures {
  private Signatures() {}

  static boolean match(PrivateKey one, PublicKey other) throws GeneralSecurityException {
    Signature signature = Signature.getInstance("SHA256withECDSA");
    signature.initSign(one);
    signature.update((byte) 1);
    byte[] made = signature.sign();
    signature.initVerify(other);
    signature.update((byte) 1);
    return signature.verify(made);
  }
}
