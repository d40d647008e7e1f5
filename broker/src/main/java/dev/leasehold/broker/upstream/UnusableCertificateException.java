package dev.leasehold.broker.upstream;

/** The certificate that a connection was to show cannot be used; the message tells no secret. */
public final class UnusableCertificateException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public UnusableCertificateException(String what) {
    super(what);
  }
}
