package dev.leasehold.broker.config;

import dev.leasehold.broker.config.form.Located;
import dev.leasehold.broker.config.form.Nearest;
import dev.leasehold.broker.config.form.Reading;
import dev.leasehold.broker.config.form.Section;
import dev.leasehold.broker.config.keys.ApprovalKeys;
import dev.leasehold.broker.config.keys.ControlKeys;
import dev.leasehold.broker.config.keys.PolicyKeys;
import dev.leasehold.broker.config.keys.RootKeys;
import dev.leasehold.broker.config.keys.TaskKeys;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Stream;

/** Approvers are humans: neither the sidecar nor any agent, nor whoever opens tasks for one. */
final class ApprovalChecks {
  private final Document document;
  private final Reading reading;
  private final OptionalInt ownUid;

  private ApprovalChecks(Document document, Reading reading, OptionalInt ownUid) {
    this.document = document;
    this.reading = reading;
    this.ownUid = ownUid;
  }

  static void run(Document document, Reading reading, OptionalInt ownUid) {
    ApprovalChecks checks = new ApprovalChecks(document, reading, ownUid);
    Optional<Section> approvals = document.root().find(RootKeys.APPROVALS);
    approvals.ifPresent(checks::listen);
    approvals
        .flatMap(section -> section.find(ApprovalKeys.WEBHOOK))
        .flatMap(hook -> hook.located(ApprovalKeys.URL))
        .filter(url -> url.value().getScheme().equals("http"))
        .filter(url -> !Document.isLoopback(url.value().getHost()))
        .ifPresent(
            url ->
                reading.error(
                    url.path(), url.line(), "must be https: the host is another machine"));
    approvals.flatMap(section -> section.find(ApprovalKeys.GROUPS)).stream()
        .flatMap(groups -> groups.values().stream())
        .forEach(group -> group.value().forEach(approver -> checks.approver(approver.value())));
    checks.groups(approvals);
  }

  private void listen(Section approvals) {
    approvals
        .located(ApprovalKeys.LISTEN)
        .filter(address -> !address.value().isLocal())
        .ifPresent(
            address ->
                reading.error(
                    address.path(), address.line(), "must be a loopback address or unix:"));
  }

  /** Where its keys are not a file, whoever answers for the issuer says who approves. */
  private void issuer(Section oidc) {
    if (oidc.isWritten(ApprovalKeys.KEYS)) {
      return;
    }
    oidc.located(ApprovalKeys.ISSUER)
        .filter(issuer -> !isPrivate(issuer.value()))
        .ifPresent(
            issuer ->
                reading.error(
                    issuer.path(),
                    issuer.line(),
                    "must be an https URL without a query (http only at a loopback address), or"
                        + " keys: has to name a file with the provider's keys"));
  }

  private static boolean isPrivate(String issuer) {
    try {
      URI url = new URI(issuer);
      return url.getHost() != null
          && url.getQuery() == null
          && url.getFragment() == null
          && url.getUserInfo() == null
          && ("https".equals(url.getScheme())
              || "http".equals(url.getScheme()) && Document.isLoopback(url.getHost()));
    } catch (URISyntaxException none) {
      return false;
    }
  }

  private void approver(Section approver) {
    approver.find(ApprovalKeys.OIDC).ifPresent(this::issuer);
    approver
        .located(ApprovalKeys.UID)
        .ifPresent(
            uid -> {
              boolean isCaller =
                  document.callers().stream()
                      .anyMatch(
                          caller -> caller.find(ControlKeys.UID).equals(Optional.of(uid.value())));
              if (ownUid.isPresent() && ownUid.getAsInt() == uid.value()) {
                reading.error(
                    uid.path(), uid.line(), "is the sidecar's own, which approves nothing");
              } else if (isCaller) {
                reading.error(
                    uid.path(),
                    uid.line(),
                    "is a caller's under control.callers: it would approve" + " what it asks for");
              }
            });
    approver
        .located(ApprovalKeys.SVID)
        .filter(svid -> agents().stream().anyMatch(agent -> stands(agent, svid.value())))
        .ifPresent(
            svid ->
                reading.error(
                    svid.path(), svid.line(), "is an agent's, and agents approve nothing"));
  }

  /** Whether an identity, or all below one, are or may be that of an agent. */
  private static boolean stands(String agent, String svid) {
    return agent.endsWith("/*")
        ? svid.startsWith(agent.substring(0, agent.length() - 1))
        : agent.equals(svid);
  }

  private Set<String> agents() {
    Set<String> agents = new HashSet<>(document.agents().keySet());
    document
        .kinds()
        .values()
        .forEach(
            kind -> {
              agents.addAll(Document.values(kind, TaskKeys.AGENTS));
              kind.find(TaskKeys.DELEGATION)
                  .ifPresent(to -> agents.addAll(Document.values(to, TaskKeys.TO)));
            });
    document.callers().stream()
        .flatMap(
            caller ->
                Stream.concat(
                    caller.find(ControlKeys.AGENT).stream(),
                    caller.find(ControlKeys.SVID).stream()))
        .forEach(agents::add);
    return agents;
  }

  /** Rules name groups that there are, and somebody can answer what they ask. */
  private void groups(Optional<Section> approvals) {
    Set<String> known =
        approvals
            .flatMap(section -> section.find(ApprovalKeys.GROUPS))
            .map(groups -> Set.copyOf(groups.keySet()))
            .orElse(Set.of());
    approvals
        .flatMap(section -> section.find(ApprovalKeys.BREAK_GLASS))
        .flatMap(section -> section.located(ApprovalKeys.GROUP))
        .filter(group -> !known.contains(group.value()))
        .ifPresent(
            group ->
                reading.error(
                    group.path(), group.line(), "there is no approvals.groups." + group.value()));
    approvals
        .flatMap(section -> section.find(ApprovalKeys.WEBHOOK))
        .map(hook -> Document.located(hook, ApprovalKeys.ANSWERS_FOR))
        .orElse(List.of())
        .stream()
        .filter(group -> !known.contains(group.value()))
        .forEach(
            group ->
                reading.error(
                    group.path(), group.line(), "there is no approvals.groups." + group.value()));
    for (Section rule : document.rules()) {
      Optional<Located<String>> group = rule.located(PolicyKeys.APPROVERS);
      if (group.isPresent() && !known.contains(group.get().value())) {
        reading.error(
            group.get().path(),
            group.get().line(),
            "there is no approvals.groups."
                + group.get().value()
                + Nearest.hint(group.get().value(), known));
      } else if (group.isEmpty() && approvals.isEmpty() && Document.asks(rule)) {
        reading.warning(
            rule.path(), rule.line(), "denies: nobody can be asked; configure approvals");
      }
    }
  }
}
