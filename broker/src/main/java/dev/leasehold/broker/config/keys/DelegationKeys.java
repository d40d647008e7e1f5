package dev.leasehold.broker.config.keys;

import dev.leasehold.broker.config.form.Key;
import dev.leasehold.broker.config.form.Located;
import dev.leasehold.broker.config.form.Named;
import dev.leasehold.broker.config.form.Scalars;
import dev.leasehold.broker.config.form.Section;
import dev.leasehold.broker.proxy.ListenAddress;
import java.net.URI;
import java.time.Duration;
import java.util.SequencedMap;

/** {@code delegation:} */
public final class DelegationKeys {
  public static final Key<URI> URL =
      Key.required("url", Values.PEER_ADDRESS, "Where its delegation.listen answers.");

  public static final Key<ListenAddress.Tcp> LISTEN =
      Key.optional(
          "listen",
          Values.LISTEN_TCP,
          "Where peers say that a task has ended; TLS with both sides' SVIDs.");
  public static final Key<SequencedMap<String, Located<Section>>> PEERS =
      Key.required(
          "peers",
          Named.of("sidecar's SPIFFE ID", Values.AGENT, Section.Form.of("another sidecar", URL)),
          "The sidecars that grants are made for and taken from.");
  public static final Key<Duration> LONGEST =
      Key.defaulted(
          "longest",
          Scalars.duration(Values.SECOND, Duration.ofHours(1)),
          "5m",
          "How long a grant, and the task that comes of it, may live: what a peer that cannot be"
              + " reached is left with.");

  static final Section.Form FORM =
      Section.Form.of("with which sidecars work is handed on", LISTEN, PEERS, LONGEST);

  private DelegationKeys() {}
}
