package dev.leasehold.broker.proxy;

import dev.leasehold.broker.audit.AuditReceipt;
import dev.leasehold.broker.audit.CallDecided;
import dev.leasehold.broker.policy.Denial;
import dev.leasehold.broker.policy.Grant;
import dev.leasehold.broker.task.OpenCall;
import dev.leasehold.broker.task.Task;
import dev.leasehold.broker.telemetry.Problem;
import dev.leasehold.broker.upstream.Channels;
import dev.leasehold.broker.upstream.UpstreamFailure;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * A CONNECT to a destination that permits tunnels: its bytes pass unseen, and so never with a
 * credential. The steps are those of a call: enter, connect, announce, splice, finish. On the event
 * loop of the agent's connection, but for {@link #cut}.
 */
final class OpaqueTunnel implements OpenCall, AuditReceipt {
  private final Serving serving;
  private final AgentConnection connection;
  private final EventLoop loop;
  private final Task task;
  private final Grant grant;
  private final Lane lane;
  private final CallRecord record;

  private @Nullable EngineWatch engines;
  private @Nullable Channel upstream;
  private @Nullable Splice splice;
  private boolean over;

  OpaqueTunnel(
      Serving serving, AgentConnection connection, Grant grant, Lane lane, CallRecord record) {
    this.serving = serving;
    this.connection = connection;
    this.loop = connection.channel().eventLoop();
    this.task = grant.task();
    this.grant = grant;
    this.lane = lane;
    this.record = record;
  }

  /** Null when the tunnel is on its way. */
  @Nullable Refusal begin() {
    if (!task.enter(this, record.enteredNanos())) {
      return Refusals.notTaken(task);
    }
    if (!lane.tryEnter()) {
      task.leave(this, record.leftNanos());
      return Refusals.limit(429, "as many calls as may be are in flight", "in-flight");
    }
    record.granted(grant);
    record.inLane(lane);
    connect();
    return null;
  }

  private void connect() {
    record.connecting();
    serving.upstreams().dialOpaque(loop, task, grant.destination(), this::connected, this::failed);
  }

  private void connected(Channel dialled) {
    if (over) {
      Channels.close(dialled);
      return;
    }
    upstream = dialled;
    EarlyBytes.keep(dialled);
    record.connected();
    connection.audit().append(record.decided(CallDecided.opaque(grant)), this);
  }

  private void failed(UpstreamFailure failure) {
    refuse(Refusals.of(failure));
  }

  @Override
  public void written() {
    open();
  }

  @Override
  public void refused(String why) {
    record.notWritten();
    refuse(Refusal.of(Problem.AUDIT_UNAVAILABLE, why));
  }

  private void open() {
    Channel target = upstream;
    if (over || target == null) {
      return;
    }
    record.announced();
    splice =
        new Splice(
            connection.channel(),
            target,
            grant.destination().limits().idle(),
            record,
            this::decideAgain,
            () -> finish(200, ""));
    connection.becomeOpaque(splice);
  }

  private void decideAgain() {
    Denial denial = over ? null : serving.rules().get().policy().wouldDeny(grant);
    if (denial != null) {
      refuse(Refusals.of(denial));
    } else if (!over) {
      engines = EngineWatch.of(engines, loop);
      engines.ask(serving.rules().get().policy(), grant, this::refuse);
    }
  }

  /** The task has ended. Any thread. */
  @Override
  public void cut() {
    onLoop(() -> refuse(Refusals.ended()));
  }

  /** The agent has gone before the tunnel was open. */
  void agentGone() {
    finish(0, "agent-gone");
  }

  private void refuse(Refusal refusal) {
    if (over) {
      return;
    }
    record.refused(refusal);
    if (splice != null) {
      finish(200, refusal.problem().word());
      return;
    }
    ByteBuf answer =
        Answers.refusedTunnel(connection.channel().alloc(), refusal, connection.persisting(false));
    finish(refusal.status(), refusal.problem().word());
    var unused = connection.channel().writeAndFlush(answer);
    connection.over();
  }

  private void finish(int status, String cause) {
    if (over) {
      return;
    }
    over = true;
    if (splice != null) {
      splice.close();
    } else if (upstream != null) {
      Channels.close(upstream);
    }
    lane.leave();
    record.finished(status, cause);
    task.leave(this, record.leftNanos());
    if (!task.isActive() && task.openCalls() == 0) {
      serving.forget(task);
    }
  }

  private void onLoop(Runnable step) {
    try {
      loop.execute(step);
    } catch (RejectedExecutionException stopped) {
      finish(0, "stopped");
    }
  }
}
