package dev.leasehold.broker.config;

import dev.leasehold.broker.config.form.Section;
import dev.leasehold.broker.config.keys.DelegationKeys;
import dev.leasehold.broker.delegation.DelegationConfig;
import dev.leasehold.broker.proxy.ListenAddress;
import java.net.URI;
import java.util.HashMap;
import java.util.Map;

/** Makes the record of the sidecars that work is handed to and taken from. */
final class DelegationReader {
  private DelegationReader() {}

  static DelegationConfig read(Section section) {
    Map<String, URI> peers = new HashMap<>();
    section
        .get(DelegationKeys.PEERS)
        .forEach((id, peer) -> peers.put(id, peer.value().get(DelegationKeys.URL)));
    return new DelegationConfig(
        section.find(DelegationKeys.LISTEN).map(ListenAddress.Tcp::address),
        peers,
        section.get(DelegationKeys.LONGEST));
  }
}
