package dev.leasehold.broker.proxy;

import dev.leasehold.broker.approval.Approval;
import dev.leasehold.broker.approval.Approvals;
import dev.leasehold.broker.approval.Approvals.Asked;
import dev.leasehold.broker.approval.Shown;
import dev.leasehold.broker.http.Framing;
import dev.leasehold.broker.http.RequestHead;
import dev.leasehold.broker.policy.Decision;
import dev.leasehold.broker.policy.Denial;
import dev.leasehold.broker.policy.Grant;
import dev.leasehold.broker.policy.Referral;
import dev.leasehold.broker.policy.Ticket;
import dev.leasehold.broker.task.Task;
import dev.leasehold.broker.telemetry.Problem;
import io.netty.buffer.ByteBuf;
import io.netty.handler.ssl.SslContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A CONNECT of an agent (RFC 9110 §9.3.6), which ends here: nothing is dialled for it, and what
 * comes inside is calls of their own, each decided for itself. A host that some destination has is
 * accepted even if this task may not call it, because clients hide the body of a refused CONNECT:
 * inside the tunnel the agent can read why. On the event loop of its connection.
 */
final class TunnelRequest {
  private final Serving serving;
  private final AgentConnection connection;
  private final RuleSet rules;
  private final CallRecord record;
  private final List<Ticket> tickets = new ArrayList<>();

  TunnelRequest(Serving serving, AgentConnection connection) {
    this.serving = serving;
    this.connection = connection;
    this.rules = serving.rules().get();
    this.record = new CallRecord(serving, connection.audit(), rules.policy().version());
  }

  void begin(RequestHead head, Framing framing) {
    record.asked(head);
    Authority authority = Authority.parse(head.target());
    Refusal refusal = authority == null ? notAnAuthority() : check(head, framing, authority);
    if (refusal == null && authority != null) {
      record.wants(authority);
      refusal = name(head, authority);
    }
    if (refusal != null) {
      refuse(refusal);
    }
  }

  private static Refusal notAnAuthority() {
    return Refusal.of(Problem.AMBIGUOUS_REQUEST, "CONNECT names a host and a port, no more");
  }

  private @Nullable Refusal check(RequestHead head, Framing framing, Authority authority) {
    if (connection.door().destinationName().isPresent()) {
      return Refusal.of(Problem.CONNECT_UNSUPPORTED, "an endpoint opens no tunnels")
          .withHint("send CONNECT to the proxy, or a path to this endpoint");
    }
    if (connection.door() instanceof Door.Tunnel) {
      return Refusal.of(Problem.CONNECT_UNSUPPORTED, "a tunnel opens no tunnels");
    }
    if (!authority.hasPort()) {
      return notAnAuthority();
    }
    Refusal refusal = HeadChecks.refusal(head, serving.via());
    if (refusal != null) {
      return refusal;
    }
    if (!HeadChecks.hostAgrees(head.fields(), authority, authority.port())) {
      return Refusal.of(Problem.TARGET_MISMATCH, "Host and the CONNECT's target differ");
    }
    if (framing != Framing.NONE || connection.incoming().size() > 0) {
      return Refusal.of(Problem.AMBIGUOUS_REQUEST, "bytes came before the tunnel was open");
    }
    return null;
  }

  private @Nullable Refusal name(RequestHead head, Authority authority) {
    return switch (connection.naming().find(head.fields())) {
      case Refusal refusal -> refusal;
      case TaskNaming.Found(Task task) -> {
        record.named(task);
        yield open(task, authority);
      }
    };
  }

  private @Nullable Refusal open(Task task, Authority authority) {
    Optional<Decision> opaque = opaque(task, authority, List.of());
    if (opaque.isPresent()) {
      return take(task, authority, opaque.get());
    }
    if (!rules.policy().knows(authority.host(), authority.port())) {
      return nowhere();
    }
    Optional<CompletableFuture<SslContext>> tls =
        serving.agentTls().context(task, authority.host());
    if (tls.isEmpty()) {
      return nowhere();
    }
    connection.becomeTunnel(new TunnelEntry(serving, task, authority, tls.get()));
    return null;
  }

  private Optional<Decision> opaque(Task task, Authority authority, List<Ticket> tickets) {
    return rules.policy().opaque(task, authority.host(), authority.port(), tickets);
  }

  /** Null when the tunnel is on its way, or engines are asked about it. */
  private @Nullable Refusal take(Task task, Authority authority, Decision decision) {
    return switch (decision) {
      case Denial denial -> {
        record.denied(denial);
        yield denial.asks().isPresent() && serving.approvals().isPresent()
            ? ask(task, authority, denial.asks().get(), serving.approvals().get())
            : Refusals.of(denial);
      }
      case Referral referral -> {
        connection.begin(referral, settled -> settled(task, authority, settled));
        yield null;
      }
      case Grant grant -> {
        Lane lane = serving.lanes().of(task, grant.destination(), rules);
        yield connection.begin(new OpaqueTunnel(serving, connection, grant, lane, record));
      }
    };
  }

  private void settled(Task task, Authority authority, Decision decision) {
    Refusal refusal = take(task, authority, decision);
    if (refusal != null) {
      refuse(refusal);
    }
  }

  /** A CONNECT is not held: it is refused with the question's id, and may come again. */
  private @Nullable Refusal ask(
      Task task, Authority authority, Denial.Asks wanted, Approvals approvals) {
    Shown shown = new Shown(wanted.facts(), "", new Shown.Body.Unseen());
    return switch (approvals.ask(wanted.rule(), shown)) {
      case Asked.Approved(Ticket ticket) -> {
        tickets.add(ticket);
        yield take(task, authority, opaque(task, authority, List.copyOf(tickets)).orElseThrow());
      }
      case Asked.Denied denied -> Refusals.disapproved(wanted);
      case Asked.TooOften(String detail) -> Refusals.askedTooOften(detail, wanted);
      case Asked.Pending(Approval approval) -> Refusals.unanswered(approval, wanted);
    };
  }

  private static Refusal nowhere() {
    return Refusal.of(Problem.DESTINATION_NOT_ALLOWED, "no destination has that host and port")
        .withHint("ask for the destination to be configured");
  }

  /** A client must not take what follows a refused CONNECT for a tunnel: the connection ends. */
  private void refuse(Refusal refusal) {
    record.refused(refusal);
    ByteBuf answer =
        Answers.refusedTunnel(connection.channel().alloc(), refusal, connection.persisting(false));
    record.finished(refusal.status(), refusal.problem().word());
    var unused = connection.channel().writeAndFlush(answer);
    connection.over();
  }
}
