package dev.leasehold.broker.config;

import dev.leasehold.broker.approval.ApprovalConfig;
import dev.leasehold.broker.approval.ApproverRule;
import dev.leasehold.broker.approval.BreakGlassConfig;
import dev.leasehold.broker.approval.WebhookConfig;
import dev.leasehold.broker.config.form.Located;
import dev.leasehold.broker.config.form.Section;
import dev.leasehold.broker.config.keys.ApprovalKeys;
import dev.leasehold.broker.proxy.ListenAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Makes the record of how humans are asked. */
final class ApprovalReader {
  private ApprovalReader() {}

  static ApprovalConfig read(Section section) {
    Map<String, List<ApproverRule>> groups = new HashMap<>();
    section
        .get(ApprovalKeys.GROUPS)
        .forEach(
            (name, approvers) ->
                groups.put(
                    name,
                    approvers.value().stream()
                        .map(Located::value)
                        .map(ApprovalReader::rule)
                        .toList()));
    Optional<BreakGlassConfig> breakGlass =
        section.find(ApprovalKeys.BREAK_GLASS).map(ApprovalReader::breakGlass);
    Optional<WebhookConfig> webhook =
        section
            .find(ApprovalKeys.WEBHOOK)
            .map(
                hook ->
                    new WebhookConfig(
                        hook.get(ApprovalKeys.URL),
                        hook.get(ApprovalKeys.KEY),
                        hook.isWritten(ApprovalKeys.ANSWERS_FOR)
                            ? Set.copyOf(Document.values(hook, ApprovalKeys.ANSWERS_FOR))
                            : groups.keySet()));
    return switch (section.get(ApprovalKeys.LISTEN)) {
      case ListenAddress.Unix(var path) ->
          new ApprovalConfig(Optional.of(path), Optional.empty(), groups, breakGlass, webhook);
      case ListenAddress.Tcp(var address) ->
          new ApprovalConfig(Optional.empty(), Optional.of(address), groups, breakGlass, webhook);
    };
  }

  private static BreakGlassConfig breakGlass(Section section) {
    return new BreakGlassConfig(
        section.find(ApprovalKeys.GROUP),
        section.get(ApprovalKeys.LONGEST),
        section.get(ApprovalKeys.PER_DAY));
  }

  private static ApproverRule rule(Section approver) {
    if (approver.isWritten(ApprovalKeys.UID)) {
      return new ApproverRule.Uid(approver.get(ApprovalKeys.UID));
    }
    if (approver.isWritten(ApprovalKeys.SVID)) {
      return new ApproverRule.Svid(approver.get(ApprovalKeys.SVID));
    }
    Section oidc = approver.get(ApprovalKeys.OIDC);
    return new ApproverRule.Oidc(
        oidc.get(ApprovalKeys.ISSUER),
        oidc.get(ApprovalKeys.AUDIENCE),
        oidc.get(ApprovalKeys.CLAIM),
        Set.copyOf(Document.values(oidc, ApprovalKeys.VALUES)),
        oidc.find(ApprovalKeys.KEYS));
  }
}
