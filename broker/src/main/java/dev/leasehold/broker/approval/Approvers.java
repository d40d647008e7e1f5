package dev.leasehold.broker.approval;

import dev.leasehold.broker.approval.ApproverRule.Oidc;
import dev.leasehold.broker.approval.ApproverRule.Svid;
import dev.leasehold.broker.approval.ApproverRule.Uid;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Who may answer, by what they can prove. An immutable allow-list; nobody else is served. */
public final class Approvers {
  private record Provider(String group, OidcTokens tokens) {}

  private final Map<Integer, Set<String>> byUid = new HashMap<>();
  private final Map<String, Set<String>> bySvid = new HashMap<>();
  private final List<Provider> providers = new ArrayList<>();
  private final Function<String, Optional<String>> svids;
  private final boolean discoversKeys;

  /**
   * Reads the providers' keys that are files; blocks.
   *
   * @param svids the SPIFFE ID that a JWT-SVID for the sidecar proves; empty when it proves none
   * @throws IOException when keys cannot be read
   */
  public Approvers(
      Map<String, List<ApproverRule>> groups,
      InstantSource clock,
      Function<String, Optional<String>> svids)
      throws IOException {
    this.svids = svids;
    this.discoversKeys =
        groups.values().stream()
            .flatMap(List::stream)
            .anyMatch(rule -> rule instanceof Oidc oidc && oidc.keys().isEmpty());
    for (Map.Entry<String, List<ApproverRule>> group : groups.entrySet()) {
      for (ApproverRule rule : group.getValue()) {
        switch (rule) {
          case Uid(int uid) ->
              byUid.computeIfAbsent(uid, first -> new HashSet<>()).add(group.getKey());
          case Svid(String id) ->
              bySvid.computeIfAbsent(id, first -> new HashSet<>()).add(group.getKey());
          case Oidc oidc -> providers.add(new Provider(group.getKey(), OidcTokens.of(oidc, clock)));
        }
      }
    }
  }

  /** The uids that any group lists. */
  public Set<Integer> uids() {
    return Set.copyOf(byUid.keySet());
  }

  /** Whether a token may have to be put to the Workload API. */
  public boolean knowsSvids() {
    return !bySvid.isEmpty();
  }

  /** Whether a token may have to wait for a provider's keys. */
  public boolean discoversKeys() {
    return discoversKeys;
  }

  /** Whoever has this uid, by the kernel's word. */
  public Optional<Approver> byUid(int uid) {
    return Optional.ofNullable(byUid.get(uid))
        .map(groups -> new Approver("uid:" + uid, groups, Optional.empty()));
  }

  /** Whoever holds this token. May block where {@link #knowsSvids} or {@link #discoversKeys}. */
  public Optional<Approver> byToken(String token) {
    Set<String> groups = new HashSet<>();
    String subject = "";
    Instant since = Instant.MAX;
    for (Provider provider : providers) {
      Optional<OidcTokens.Proof> proof = provider.tokens().verify(token);
      if (proof.isPresent()) {
        groups.add(provider.group());
        subject = proof.get().subject();
        since = proof.get().authenticatedAt();
      }
    }
    if (!groups.isEmpty()) {
      return Optional.of(new Approver(subject, groups, Optional.of(since)));
    }
    return bySvid.isEmpty()
        ? Optional.empty()
        : svids
            .apply(token)
            .filter(bySvid::containsKey)
            .map(id -> new Approver(id, bySvid.getOrDefault(id, Set.of()), Optional.empty()));
  }
}
