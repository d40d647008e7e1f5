package dev.leasehold.broker.upstream;

import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.CertificateRevokedException;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Says in our own words why a handshake failed. */
final class TlsRefusal {
  private static final int DEEPEST = 12;

  /** Of alerts about our own certificate (RFC 8446 §6.2), in the words of both TLS libraries. */
  private static final Pattern OUR_CERTIFICATE =
      Pattern.compile("(?i)(bad|unsupported|revoked|expired|unknown)?_?certificate|unknown_?ca");

  private TlsRefusal() {}

  /**
   * Whether the target has refused what we show of ourselves: it can do so after the handshake, as
   * we see it, is over.
   */
  static boolean isOfOurCertificate(Throwable failure) {
    Throwable cause = failure;
    for (int depth = 0; cause != null && depth < DEEPEST; depth++, cause = cause.getCause()) {
      if (cause instanceof SSLException
          && OUR_CERTIFICATE.matcher(String.valueOf(cause.getMessage()).replace(' ', '_')).find()) {
        return true;
      }
    }
    return false;
  }

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
