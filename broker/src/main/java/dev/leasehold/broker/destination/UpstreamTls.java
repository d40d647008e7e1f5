package dev.leasehold.broker.destination;

import java.nio.file.Path;
import java.util.Optional;

/**
 * How a destination's certificate is verified, and what is shown to it.
 *
 * @param ca PEM file of the only roots trusted; empty: the system's
 * @param serverName the name that the certificate must have and that SNI carries; empty: the host
 * @param client what connections show of themselves; empty: nothing but what a credential gives
 */
public record UpstreamTls(Optional<Path> ca, Optional<String> serverName, Optional<Client> client) {
  /** Who a connection may say it is without a credential. */
  public enum Client {
    /** The sidecar, by its own X.509-SVID. */
    SVID
  }

  public static final UpstreamTls SYSTEM =
      new UpstreamTls(Optional.empty(), Optional.empty(), Optional.empty());
}
