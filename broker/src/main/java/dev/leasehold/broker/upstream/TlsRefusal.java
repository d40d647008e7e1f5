package dev.leasehold.broker.upstream;

import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.CertificateRevokedException;
import org.jspecify.annotations.Nullable;

/** Says in our own words why a handshake failed. */
final class TlsRefusal {
  private static final int DEEPEST = 12;

  private TlsRefusal() {}

  static String describe(@Nullable Throwable failure) {
    Throwable cause = failure;
    boolean certificate = false;
    for (int depth = 0; cause != null && depth < DEEPEST; depth++) {
      switch (cause) {
        case CertificateExpiredException expired -> {
          return "the target's certificate has expired";
        }
        case CertificateNotYetValidException early -> {
          return "the target's certificate is not valid yet";
        }
        case CertificateRevokedException revoked -> {
          return "the target's certificate is revoked";
        }
        case CertPathBuilderException unknown -> {
          return "the target's certificate is not from an authority that is trusted for it";
        }
        case CertPathValidatorException invalid
            when invalid.getReason() == CertPathValidatorException.BasicReason.EXPIRED -> {
          return "the target's certificate has expired";
        }
        case CertificateException other -> certificate = true;
        default -> {}
      }
      cause = cause.getCause();
    }
    return certificate
        ? "the target's certificate is not for that name, or not fit for a server"
        : "the TLS handshake with the target failed";
  }
}
