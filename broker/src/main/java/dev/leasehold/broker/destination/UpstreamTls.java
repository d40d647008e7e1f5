package dev.leasehold.broker.destination;

import java.nio.file.Path;
import java.util.Optional;

/**
 * How a destination's certificate is verified.
 *
 * @param ca PEM file of the only roots trusted; empty: the system's
 * @param serverName the name that the certificate must have and that SNI carries; empty: the host
 */
public record UpstreamTls(Optional<Path> ca, Optional<String> serverName) {
  public static final UpstreamTls SYSTEM = new UpstreamTls(Optional.empty(), Optional.empty());
}
