package dev.leasehold.testbed.quickstart;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Date;
import java.util.List;

/** Anna, who may agree to calls, and the identity provider that she logs in to. */
final class Human {
  private static final String ISSUER = "https://id.example.org";

  private final ECKey key;
  private final Path folder;

  private Human(ECKey key, Path folder) {
    this.key = key;
    this.folder = folder;
  }

  /** With the provider's public keys in {@code id.jwks} of that folder. */
  static Human in(Path folder) throws IOException {
    try {
      ECKey key = new ECKeyGenerator(Curve.P_256).keyID("1").generate();
      Files.writeString(folder.resolve("id.jwks"), new JWKSet(key).toString());
      return new Human(key, folder);
    } catch (JOSEException failed) {
      throw new IOException("no key could be made", failed);
    }
  }

  /** Logs in now; the file holds what the provider gave. */
  Path logIn() throws IOException {
    // A token counts whole seconds; one that has begun counts as over.
    Instant now = Instant.now().plusSeconds(1);
    JWTClaimsSet claims =
        new JWTClaimsSet.Builder()
            .issuer(ISSUER)
            .audience("leasehold")
            .subject("anna")
            .claim("groups", List.of("ops"))
            .claim("auth_time", now.getEpochSecond())
            .expirationTime(Date.from(now.plusSeconds(300)))
            .build();
    try {
      SignedJWT token =
          new SignedJWT(
              new JWSHeader.Builder(JWSAlgorithm.ES256).keyID(key.getKeyID()).build(), claims);
      token.sign(new ECDSASigner(key));
      Path file = Files.writeString(folder.resolve("anna.token"), token.serialize());
      return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    } catch (JOSEException failed) {
      throw new IOException("the token could not be signed", failed);
    }
  }
}
