package dev.leasehold.broker.identity;

import java.nio.file.Path;

/** What a server must prove before we speak to it. */
public sealed interface ServerTrust {
  /** A certificate for the host's name, under one of the authorities of a PEM file. */
  record PemFile(Path file) implements ServerTrust {}

  /**
   * An X.509-SVID of exactly this SPIFFE ID, under the bundle of its trust domain as the Workload
   * API gives it. The host's name counts for nothing.
   */
  record SpiffeServer(String serverId) implements ServerTrust {
    public SpiffeServer {
      if (!serverId.startsWith("spiffe://") || serverId.indexOf('/', 9) < 0) {
        throw new IllegalArgumentException("server-id must be spiffe://<trust domain>/<path>");
      }
    }
  }
}
