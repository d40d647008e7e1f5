package dev.leasehold.broker.proxy;

import dev.leasehold.broker.destination.Destination;
import dev.leasehold.broker.http.Framing;
import dev.leasehold.broker.http.RequestHead;
import dev.leasehold.broker.policy.Denial;
import dev.leasehold.broker.policy.Grant;
import dev.leasehold.broker.task.OpenCall;
import dev.leasehold.broker.task.Task;
import dev.leasehold.broker.upstream.UpstreamFailure;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * One call of an agent, step by step. Each step takes what only the step before it can give:
 *
 * <pre>
 * 1 begin     bytes       → AgentRequest        read in one way, or refused
 * 2 name      request     → Task                who asks
 *   {@link Deciding}
 * 3 decide    task        → Grant               may it; before any name is looked up
 *   {@link Loan}
 * 4 lease     grant       → Lease               the secret, fetched when it is first needed
 *   {@link Departure}
 * 5 connect   grant       → UpstreamConnection  address checked, certificate verified
 * 6 announce  all of them → audit receipt       with the operating system before a byte leaves
 * 7 send      lease       → OutboundRequest     the secret goes in last of all
 *   {@link Exchange}
 * 8 answer    UpstreamResponse                  streamed both ways
 * 9 finish    whatever came of it → audit, metrics; the lease is given back
 * </pre>
 *
 * <p>On the event loop of its connection, but for {@link #cut}. Any step may {@link #refuse}, which
 * ends the call.
 */
final class ProxyCall implements OpenCall {
  private final Serving serving;
  private final AgentConnection connection;
  private final EventLoop loop;
  private final RuleSet rules;
  private final CallRecord record;
  private final Loan loan;

  private @Nullable AgentRequest request;
  private @Nullable Task task;
  private @Nullable EngineWatch engines;
  private int headSize;
  private @Nullable Deciding deciding;
  private @Nullable Grant grant;
  private @Nullable Lane lane;
  private @Nullable Departure departure;
  private boolean over;
  private volatile boolean cut;

  ProxyCall(Serving serving, AgentConnection connection) {
    this.serving = serving;
    this.connection = connection;
    this.loop = connection.channel().eventLoop();
    this.rules = serving.rules().get();
    this.record = new CallRecord(serving, connection.audit(), rules.policy().version());
    this.loan = new Loan(this, serving, loop);
  }

  // 1

  /**
   * @param headBytes the size of the head as it came
   */
  void begin(RequestHead head, Framing framing, int headBytes) {
    record.asked(head);
    Reading reading = AgentRequest.of(head, framing, connection.door(), rules, serving.via());
    switch (reading) {
      case Refusal refusal -> refuse(refusal);
      case AgentRequest read -> {
        request = read;
        record.read(read);
        name(read, headBytes);
      }
    }
  }

  // 2

  private void name(AgentRequest read, int headBytes) {
    switch (connection.naming().find(read.head().fields())) {
      case Refusal refusal -> refuse(refusal);
      case TaskNaming.Found(Task found) -> {
        task = found;
        record.named(found);
        if (found.enter(this, record.enteredNanos())) {
          decide(read, found, headBytes);
        } else {
          refuse(Refusals.notTaken(found));
        }
      }
    }
  }

  // 3

  private void decide(AgentRequest read, Task caller, int headBytes) {
    headSize = headBytes;
    Deciding open = new Deciding(this, serving, connection, rules.policy(), read, caller, record);
    deciding = open;
    open.decide();
  }

  /** It may be made. */
  void granted(Grant granted) {
    grant = granted;
    record.granted(granted);
    Destination to = granted.destination();
    Refusal excess = Bounds.excess(to, Objects.requireNonNull(request), headSize);
    if (excess != null) {
      refuse(excess);
      return;
    }
    Lane taken = serving.lanes().of(granted.task(), to, rules);
    if (!taken.tryEnter()) {
      refuse(Refusals.limit(429, "as many calls as may be are in flight", "in-flight"));
      return;
    }
    lane = taken;
    record.inLane(taken);
    loan.take(granted, taken); // 4
  }

  /** What a human is to be shown of its body; null when nobody is asked. */
  @Nullable HeldBody held() {
    return deciding == null ? null : deciding.body();
  }

  /** Whether an answer with a secret in it is to be cut, even where it would be masked. */
  boolean cutsSecrets() {
    return grant != null && grant.obligations().cuts();
  }

  /** A call that lasts is held to the rules of now, not to those of its beginning. */
  void decideAgain() {
    Denial denial = grant == null || over ? null : serving.rules().get().policy().wouldDeny(grant);
    if (denial != null) {
      refuse(Refusals.of(denial));
    } else if (grant != null && !over) {
      engines = EngineWatch.of(engines, loop);
      engines.ask(serving.rules().get().policy(), grant, this::refuse);
    }
  }

  // 5, 6, 7

  /** The call has all that it needs of ours. */
  void depart() {
    Departure leaving =
        new Departure(
            this,
            serving,
            connection,
            Objects.requireNonNull(request),
            Objects.requireNonNull(grant),
            Objects.requireNonNull(lane),
            loan.use(),
            loan.injector(),
            record);
    departure = leaving;
    leaving.connect();
  }

  // 8

  /** The stream of this call; null before there is a target to stream to. */
  @Nullable Exchange exchange() {
    return departure == null ? null : departure.exchange();
  }

  /** What the stream met that it cannot go on with. */
  void failed(UpstreamFailure failure) {
    if (departure != null) {
      departure.failed(failure);
    }
  }

  // 9

  /** The answer is written and flushed. */
  void answered(int status) {
    finish(status, "");
    connection.over();
  }

  /** The task has ended. Any thread. */
  @Override
  public void cut() {
    cut = true;
    try {
      loop.execute(() -> refuse(Refusals.ended()));
    } catch (RejectedExecutionException stopped) {
      loan.close(); // there is no loop any more on which the call could end
    }
  }

  /** The agent is not there any more to be answered. */
  void agentGone() {
    if (!over) {
      Exchange current = exchange();
      finish(current == null ? 0 : current.status(), "agent-gone");
    }
  }

  /** Ends the call with a problem, or, once an answer has begun, by breaking it off. */
  void refuse(Refusal refusal) {
    if (over) {
      return;
    }
    Exchange current = exchange();
    record.refused(refusal);
    if (current != null && current.isAnswering()) {
      finish(current.status(), refusal.problem().word());
      connection.abort();
      return;
    }
    boolean untouched = current == null || !current.isSent();
    boolean goesOn =
        !refusal.closes()
            && (connection.incoming().isBodyOver()
                || untouched && connection.incoming().discardBody());
    boolean toHead = request != null && request.isHead();
    ByteBuf answer =
        Answers.problem(
            connection.channel().alloc(), refusal, toHead, connection.persisting(goesOn));
    finish(refusal.status(), refusal.problem().word());
    var unused = connection.channel().writeAndFlush(answer);
    connection.over();
  }

  private void finish(int status, String cause) {
    over = true;
    if (deciding != null) {
      deciding.close();
    }
    Exchange current = exchange();
    if (current != null) {
      current.close();
    }
    loan.close();
    if (lane != null) {
      lane.leave();
    }
    record.finished(status, cause);
    if (task != null) {
      task.leave(this, record.leftNanos());
      if (!task.isActive() && task.openCalls() == 0) {
        serving.forget(task);
      }
    }
  }

  boolean isOver() {
    return over;
  }

  /** Whether the task has ended meanwhile. */
  boolean isCut() {
    return cut;
  }
}
