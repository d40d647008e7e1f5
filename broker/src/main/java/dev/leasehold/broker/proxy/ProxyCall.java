package dev.leasehold.broker.proxy;

import dev.leasehold.broker.audit.AuditReceipt;
import dev.leasehold.broker.audit.CallDecided;
import dev.leasehold.broker.destination.Destination;
import dev.leasehold.broker.destination.Limits;
import dev.leasehold.broker.http.Framing;
import dev.leasehold.broker.http.RequestHead;
import dev.leasehold.broker.inject.Injection;
import dev.leasehold.broker.inject.InjectionRefusal;
import dev.leasehold.broker.inject.Injector;
import dev.leasehold.broker.inject.OutboundRequest;
import dev.leasehold.broker.lease.LeaseOutcome;
import dev.leasehold.broker.lease.LeaseUse;
import dev.leasehold.broker.policy.Decision;
import dev.leasehold.broker.policy.Denial;
import dev.leasehold.broker.policy.Grant;
import dev.leasehold.broker.policy.Policy;
import dev.leasehold.broker.task.OpenCall;
import dev.leasehold.broker.task.Task;
import dev.leasehold.broker.telemetry.Problem;
import dev.leasehold.broker.upstream.UpstreamConnection;
import dev.leasehold.broker.upstream.UpstreamFailure;
import dev.leasehold.broker.upstream.Upstreams;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One call of an agent, step by step. Each step takes what only the step before it can give:
 *
 * <pre>
 * 1 begin     bytes       → AgentRequest        read in one way, or refused
 * 2 name      request     → Task                who asks
 * 3 decide    task        → Grant               may it; pure, before any name is looked up
 * 4 lease     grant       → Lease               the secret, fetched when it is first needed
 * 5 connect   grant       → UpstreamConnection  address checked, certificate verified
 * 6 announce  all of them → audit receipt       with the operating system before a byte leaves
 * 7 send      lease       → OutboundRequest     the secret goes in last of all
 * 8 answer    {@link Exchange}                  streamed both ways
 * 9 finish    whatever came of it → audit, metrics; the lease is given back
 * </pre>
 *
 * <p>On the event loop of its connection, but for {@link #cut} and the audit receipt. Any step may
 * {@link #refuse}, which ends the call.
 */
final class ProxyCall implements OpenCall, Upstreams.Waiting, AuditReceipt {
  private static final Logger log = LoggerFactory.getLogger(ProxyCall.class);

  private final Serving serving;
  private final AgentConnection connection;
  private final EventLoop loop;
  private final RuleSet rules;
  private final CallRecord record;

  private @Nullable AgentRequest request;
  private @Nullable Task task;
  private @Nullable Grant grant;
  private @Nullable Lane lane;
  private @Nullable LeaseUse use;
  private @Nullable Injector injector;
  private @Nullable Exchange exchange;
  private boolean announcing;
  private boolean announced;
  private boolean retried;
  private boolean over;
  private volatile boolean cut;

  ProxyCall(Serving serving, AgentConnection connection) {
    this.serving = serving;
    this.connection = connection;
    this.loop = connection.channel().eventLoop();
    this.rules = serving.rules().get();
    this.record = new CallRecord(serving, rules.policy().version());
  }

  // 1

  /**
   * @param headBytes the size of the head as it came
   */
  void begin(RequestHead head, Framing framing, int headBytes) {
    record.asked(head);
    if (head.method().equals("CONNECT")) {
      refuse(
          Refusal.of(Problem.CONNECT_UNSUPPORTED, "this version does not open tunnels")
              .withHint("ask for http:// in plain, it rises to TLS here; or use an endpoint")
              .closing());
      return;
    }
    Reading reading;
    Optional<String> endpoint = connection.door().destinationName();
    if (endpoint.isEmpty()) {
      reading = AgentRequest.ofProxy(head, framing, rules, serving.via());
    } else {
      Destination destination = rules.policy().destination(endpoint.get()).orElse(null);
      reading =
          destination == null
              ? Refusal.of(Problem.DESTINATION_NOT_ALLOWED, "its destination is not configured now")
              : AgentRequest.ofEndpoint(
                  head, framing, destination, connection.door(), serving.via());
    }
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
          refuse(Refusals.ended());
        }
      }
    }
  }

  // 3

  private void decide(AgentRequest read, Task caller, int headBytes) {
    Policy policy = rules.policy();
    Optional<Destination> known = connection.door().destinationName().flatMap(policy::destination);
    Decision decision =
        known.isPresent()
            ? policy.decide(caller, known.get(), read.call())
            : policy.decide(caller, read.call());
    switch (decision) {
      case Denial denial -> {
        record.denied(denial);
        refuse(Databases.refusal(denial, caller, read.call(), policy));
      }
      case Grant granted -> {
        grant = granted;
        record.granted(granted);
        Refusal excess = Bounds.excess(granted.destination(), read, headBytes);
        if (excess != null) {
          refuse(excess);
          return;
        }
        Lane taken = serving.lanes().of(caller, granted.destination(), rules);
        if (!taken.tryEnter()) {
          refuse(Refusals.limit(429, "as many calls as may be are in flight", "in-flight"));
          return;
        }
        lane = taken;
        record.inLane(taken);
        lease(granted, taken);
      }
    }
  }

  // 4

  private void lease(Grant granted, Lane taken) {
    if (granted.credential().isEmpty()) {
      connect(false);
      return;
    }
    if (taken.injection().isEmpty()) {
      refuse(Refusal.of(Problem.CREDENTIAL_INVALID, "the credential has no way into a call"));
      return;
    }
    Injection injection = taken.injection().get();
    CompletableFuture<LeaseOutcome> outcome = serving.leases().lease(granted).toCompletableFuture();
    if (outcome.isDone()) {
      leased(outcome.join(), injection);
      return;
    }
    var unused =
        outcome.whenComplete(
            (came, failure) ->
                onLoop(
                    () -> {
                      if (failure == null) {
                        leased(came, injection);
                      } else {
                        log.error("event=lease_failed cause={}", failure.getClass().getName());
                        refuse(Refusal.of(Problem.VAULT_UNAVAILABLE, "no lease could be had"));
                      }
                    }));
  }

  private void leased(LeaseOutcome outcome, Injection injection) {
    switch (outcome) {
      case LeaseOutcome.Refused refused -> refuse(Refusals.of(refused));
      case LeaseOutcome.Leased(LeaseUse given) -> {
        if (over) {
          given.close(); // the agent has gone, or the task, while it was fetched
          return;
        }
        use = given;
        injector = new Injector(injection, given);
        Optional<InjectionRefusal> refusal = injector.refusal();
        if (refusal.isPresent()) {
          refuse(Refusals.of(refusal.get()));
        } else {
          connect(false);
        }
      }
    }
  }

  // 5

  private void connect(boolean onlyNew) {
    Limits limits = granted().destination().limits();
    Exchange next = new Exchange(this, connection, asked(), limits, serving.via(), record);
    exchange = next;
    record.connecting();
    serving
        .upstreams()
        .connect(
            loop,
            granted().task(),
            granted().destination(),
            use == null ? 0 : use.lease().version(),
            asked().isRepeatable(),
            onlyNew,
            next,
            this);
  }

  @Override
  public void connected(UpstreamConnection upstream) {
    if (over || exchange == null) {
      upstream.abort();
      return;
    }
    exchange.use(upstream, use != null);
    record.connected();
    if (announced) {
      send();
    } else if (!announcing) {
      announce();
    }
  }

  /** No connection, or none any more. */
  @Override
  public void failed(UpstreamFailure failure) {
    if (over) {
      return;
    }
    Exchange broken = exchange;
    boolean harmless =
        broken != null && broken.wasReused() && (!broken.isSent() || asked().isRepeatable());
    if (harmless && !retried && failure.kind() == UpstreamFailure.Kind.RESET) {
      retried = true; // it was dead before this call, and nobody has acted on it
      connect(true);
    } else {
      refuse(Refusals.of(failure));
    }
  }

  // 6

  private void announce() {
    announcing = true;
    CallDecided decided =
        use == null ? CallDecided.allowed(granted()) : CallDecided.allowed(granted(), use.lease());
    record.decided(decided);
    serving.audit().append(decided, this);
  }

  /** On a thread of the audit log. */
  @Override
  public void written() {
    onLoop(
        () -> {
          announced = true;
          record.announced();
          send();
        });
  }

  /** On a thread of the audit log, or at once. */
  @Override
  public void refused(String why) {
    onLoop(
        () -> {
          record.notWritten();
          refuse(Refusal.of(Problem.AUDIT_UNAVAILABLE, why));
        });
  }

  // 7

  private void send() {
    Exchange ready = exchange;
    if (over || ready == null || !ready.isConnected()) {
      return; // connected() comes back here
    }
    if (cut) {
      refuse(Refusals.ended());
      return;
    }
    AgentRequest read = asked();
    Destination to = granted().destination();
    Lane taken = java.util.Objects.requireNonNull(lane);
    OutboundRequest outbound =
        new OutboundRequest(
            read.head(),
            read.head().method(),
            read.call().path().text(),
            read.query(),
            taken.authority(),
            read.framing(),
            taken.dropHeaders(connection.door() instanceof Door.FixedEndpoint),
            to.onlyHeaders(),
            serving.via());
    ByteBuf head = outbound.write(connection.channel().alloc(), injector);
    ready.send(head, injector != null);
  }

  // 8

  /** The stream of this call; null before there is a target to stream to. */
  @Nullable Exchange exchange() {
    return exchange;
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
    onLoop(() -> refuse(Refusals.ended()));
  }

  /** The agent is not there any more to be answered. */
  void agentGone() {
    if (!over) {
      finish(exchange == null ? 0 : exchange.status(), "agent-gone");
    }
  }

  /** Ends the call with a problem, or, once an answer has begun, by breaking it off. */
  void refuse(Refusal refusal) {
    if (over) {
      return;
    }
    Exchange current = exchange;
    record.refused(refusal);
    if (current != null && current.isAnswering()) {
      finish(current.status(), refusal.problem().word());
      connection.abort();
      return;
    }
    boolean untouched = current == null || !current.isSent();
    boolean goesOn =
        !refusal.closes() && (connection.isBodyOver() || untouched && connection.discardBody());
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
    if (exchange != null) {
      exchange.close();
    }
    if (use != null) {
      use.close();
    }
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

  private AgentRequest asked() {
    return java.util.Objects.requireNonNull(request);
  }

  private Grant granted() {
    return java.util.Objects.requireNonNull(grant);
  }

  private void onLoop(Runnable step) {
    try {
      loop.execute(step);
    } catch (RejectedExecutionException stopped) {
      if (use != null) {
        use.close(); // there is no loop any more on which the call could end
      }
    }
  }
}
