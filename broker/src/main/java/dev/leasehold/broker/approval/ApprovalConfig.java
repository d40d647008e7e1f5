package dev.leasehold.broker.approval;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The {@code approvals:} section. Exactly one of {@code socket} and {@code address} is there.
 *
 * @param socket where approvers are known by their uid
 * @param address a loopback address, where they are known by their uid or a token
 * @param groups who may answer, by the name that rules use
 * @param breakGlass who may set rules aside; empty: nobody
 * @param webhook who is told of questions; empty: nobody
 */
public record ApprovalConfig(
    Optional<Path> socket,
    Optional<InetSocketAddress> address,
    Map<String, List<ApproverRule>> groups,
    Optional<BreakGlassConfig> breakGlass,
    Optional<WebhookConfig> webhook) {
  public ApprovalConfig {
    groups = Map.copyOf(groups);
    if (socket.isPresent() == address.isPresent()) {
      throw new IllegalArgumentException("approvals.listen is one address");
    }
  }
}
