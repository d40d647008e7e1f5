package dev.leasehold.testbed.vault.auth;

import dev.leasehold.testbed.vault.token.Logins.Settings;
import dev.leasehold.testbed.vault.wire.Fields;
import dev.leasehold.testbed.vault.wire.Globs;
import dev.leasehold.testbed.vault.wire.Refusal;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** A role of {@code auth/cert}: whose certificates are accepted, and what their tokens get. */
record CertRole(
    String name,
    String displayName,
    String certificate,
    Set<TrustAnchor> anchors,
    List<String> uriSans,
    Settings settings) {
  private static final int URI_SAN = 6;

  static CertRole written(String name, Fields fields) {
    String pem = fields.text("certificate", "");
    return new CertRole(
        name,
        fields.text("display_name", name),
        pem,
        anchors(pem),
        fields.list("allowed_uri_sans"),
        Settings.of(fields));
  }

  private static Set<TrustAnchor> anchors(String pem) {
    try {
      byte[] bytes = pem.getBytes(StandardCharsets.UTF_8);
      Set<TrustAnchor> anchors =
          CertificateFactory.getInstance("X.509")
              .generateCertificates(new ByteArrayInputStream(bytes))
              .stream()
              .map(certificate -> new TrustAnchor((X509Certificate) certificate, null))
              .collect(Collectors.toSet());
      if (!anchors.isEmpty()) {
        return anchors;
      }
    } catch (CertificateException unreadable) {
      throw Refusal.badRequest("failed to parse certificate");
    }
    throw Refusal.badRequest("failed to parse certificate");
  }

  /** Whether the chain ends at one of the role's authorities and the leaf's names are allowed. */
  boolean accepts(List<X509Certificate> chain) {
    return trusted(chain) && (uriSans.isEmpty() || named(chain.getFirst()));
  }

  private boolean trusted(List<X509Certificate> chain) {
    try {
      PKIXParameters parameters = new PKIXParameters(anchors);
      parameters.setRevocationEnabled(false);
      CertPathValidator.getInstance("PKIX")
          .validate(CertificateFactory.getInstance("X.509").generateCertPath(chain), parameters);
      return true;
    } catch (GeneralSecurityException untrusted) {
      return false;
    }
  }

  private boolean named(X509Certificate leaf) {
    try {
      Collection<List<?>> names = leaf.getSubjectAlternativeNames();
      return names != null
          && names.stream()
              .filter(san -> san.getFirst().equals(URI_SAN))
              .anyMatch(san -> uriSans.stream().anyMatch(g -> Globs.anywhere(g, "" + san.get(1))));
    } catch (CertificateException unreadable) {
      return false;
    }
  }

  JsonObject read() {
    return new JsonObject()
        .put("allowed_common_names", null)
        .put("allowed_dns_sans", null)
        .put("allowed_email_sans", null)
        .put("allowed_metadata_extensions", null)
        .put("allowed_names", null)
        .put("allowed_organizational_units", null)
        .put("allowed_organizations", null)
        .put("allowed_uri_sans", uriSans.isEmpty() ? null : new JsonArray(uriSans))
        .put("certificate", certificate)
        .put("display_name", displayName)
        .put("required_extensions", null)
        .mergeIn(settings.read());
  }
}
