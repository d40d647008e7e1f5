package dev.leasehold.testbed.spiffe;

import dev.leasehold.testbed.tls.Leaf;
import dev.leasehold.testbed.tls.TestCa.Validity;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/** The registered entries, each with its current X.509-SVID. Thread-safe. */
final class IssuedSvids {

  private final Authorities authorities;
  private final Map<Entry, Leaf> svids = new LinkedHashMap<>();

  IssuedSvids(Authorities authorities) {
    this.authorities = authorities;
  }

  synchronized void add(Entry entry) {
    svids.put(entry, issue(entry));
  }

  /** In the order of registration. */
  synchronized Map<Entry, Leaf> of(int uid) {
    Map<Entry, Leaf> found = new LinkedHashMap<>(svids);
    found.keySet().removeIf(entry -> entry.uid() != uid);
    return found;
  }

  synchronized void replaceAll() {
    svids.replaceAll((entry, old) -> issue(entry));
  }

  /** Replaces what has half of its life behind it; says whether there was any. */
  synchronized boolean replaceAged() {
    boolean replaced = false;
    for (Map.Entry<Entry, Leaf> held : svids.entrySet()) {
      Instant end = held.getValue().certificate().getNotAfter().toInstant();
      if (Instant.now().isAfter(end.minus(held.getKey().ttl().dividedBy(2)))) {
        held.setValue(issue(held.getKey()));
        replaced = true;
      }
    }
    return replaced;
  }

  private Leaf issue(Entry entry) {
    return authorities.issue(entry, Validity.of(entry.ttl()));
  }
}
