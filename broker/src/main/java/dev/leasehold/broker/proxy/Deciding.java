package dev.leasehold.broker.proxy;

import dev.leasehold.broker.approval.Approval;
import dev.leasehold.broker.approval.Approvals;
import dev.leasehold.broker.approval.Approvals.Asked;
import dev.leasehold.broker.approval.Shown;
import dev.leasehold.broker.destination.Destination;
import dev.leasehold.broker.policy.Call;
import dev.leasehold.broker.policy.Decision;
import dev.leasehold.broker.policy.Denial;
import dev.leasehold.broker.policy.Grant;
import dev.leasehold.broker.policy.Policy;
import dev.leasehold.broker.policy.Referral;
import dev.leasehold.broker.policy.Ticket;
import dev.leasehold.broker.task.Task;
import dev.leasehold.broker.telemetry.Problem;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Whether one call may be made: the policy is asked, and, where it wants a human to agree, the call
 * is held until one has, or for as long as the rule says. Each answer has the policy asked anew, so
 * that nothing but a grant ever lets a call go on. Step 3 of {@link ProxyCall}, on its event loop.
 */
final class Deciding {
  private final ProxyCall call;
  private final Serving serving;
  private final AgentConnection connection;
  private final EventLoop loop;
  private final Policy policy;
  private final AgentRequest request;
  private final Task task;
  private final CallRecord record;

  private Call asked;
  private @Nullable HeldBody body;
  private int questions;
  private @Nullable Future<?> patience;
  private @Nullable Waiting waiting;

  /** What a question keeps of a call: nothing once the call is over. */
  private static final class Waiting implements Runnable {
    private volatile @Nullable Runnable then;

    Waiting(Runnable then) {
      this.then = then;
    }

    @Override
    public void run() {
      Runnable answered = then;
      if (answered != null) {
        answered.run();
      }
    }

    void forget() {
      then = null;
    }
  }

  Deciding(
      ProxyCall call,
      Serving serving,
      AgentConnection connection,
      Policy policy,
      AgentRequest request,
      Task task,
      CallRecord record) {
    this.call = call;
    this.serving = serving;
    this.connection = connection;
    this.loop = connection.channel().eventLoop();
    this.policy = policy;
    this.request = request;
    this.task = task;
    this.record = record;
    this.asked = request.call();
  }

  /** Leads to {@link ProxyCall#granted} or {@link ProxyCall#refuse}, now or later. */
  void decide() {
    Optional<Destination> known = connection.door().destinationName().flatMap(policy::destination);
    Decision decision =
        known.isPresent() ? policy.decide(task, known.get(), asked) : policy.decide(task, asked);
    take(decision);
  }

  private void take(Decision decision) {
    switch (decision) {
      case Grant grant -> granted(grant);
      case Referral referral -> {
        var unused =
            referral
                .ask()
                .whenComplete(
                    (settled, failure) ->
                        onLoop(
                            () -> {
                              if (!call.isOver()) {
                                take(settled);
                              }
                            }));
      }
      case Denial denial -> {
        record.denied(denial);
        if (denial.asks().isPresent() && serving.approvals().isPresent()) {
          hold(denial.asks().get(), serving.approvals().get());
        } else {
          call.refuse(Databases.refusal(denial, task, asked, policy));
        }
      }
    }
  }

  /** What had to wait is held to the rules, and put to the engines, of now as well. */
  private void granted(Grant grant) {
    Policy now = serving.rules().get().policy();
    Denial denial = body == null && now == policy ? null : now.wouldDeny(grant);
    if (denial != null) {
      deny(denial);
      return;
    }
    Optional<CompletionStage<Decision>> asked =
        now == policy ? Optional.empty() : now.askAgain(grant);
    if (asked.isEmpty()) {
      call.granted(grant);
      return;
    }
    var unused =
        asked
            .get()
            .whenComplete(
                (settled, failure) ->
                    onLoop(
                        () -> {
                          if (!call.isOver()) {
                            settle(grant, settled);
                          }
                        }));
  }

  /** Nothing but a grant lets it go on. */
  private void settle(Grant grant, @Nullable Decision settled) {
    if (settled instanceof Grant) {
      call.granted(grant);
    } else if (settled instanceof Denial no) {
      deny(no);
    } else {
      call.refuse(
          Refusal.of(Problem.POLICY_UNAVAILABLE, "what the policy engines said is not known"));
    }
  }

  private void deny(Denial denial) {
    record.denied(denial);
    call.refuse(Refusals.of(denial));
  }

  private void hold(Denial.Asks wanted, Approvals approvals) {
    questions++;
    if (body != null) {
      ask(wanted, approvals); // held already, for another rule
      return;
    }
    HeldBody held = new HeldBody(request, connection.incoming(), () -> ask(wanted, approvals));
    body = held;
    held.begin();
    if (held.takesMore()) {
      connection.resume();
    }
  }

  /** What is held back of the body; null when the call is not held. */
  @Nullable HeldBody body() {
    return body;
  }

  private void ask(Denial.Asks wanted, Approvals approvals) {
    if (call.isOver()) {
      return;
    }
    HeldBody held = Objects.requireNonNull(body);
    Shown shown =
        new Shown(
            wanted.facts(), serving.lanes().mask(task, request.query()), held.shown(this::masked));
    switch (approvals.ask(wanted.rule(), shown)) {
      case Asked.Approved(Ticket ticket) -> goOn(ticket);
      case Asked.Denied denied -> call.refuse(Refusals.disapproved(wanted));
      case Asked.TooOften(String detail) -> call.refuse(Refusals.askedTooOften(detail, wanted));
      case Asked.Pending(Approval approval) -> await(approval, wanted, approvals);
    }
  }

  private String masked(String text) {
    return serving.lanes().mask(task, text);
  }

  private void await(Approval approval, Denial.Asks wanted, Approvals approvals) {
    Duration held = approval.asking().held();
    if (!held.isPositive()) {
      call.refuse(Refusals.unanswered(approval, wanted));
      return;
    }
    patience =
        loop.schedule(
            () -> call.refuse(Refusals.unanswered(approval, wanted)),
            held.toMillis(),
            TimeUnit.MILLISECONDS);
    int question = questions;
    Waiting waits = new Waiting(() -> answered(approval, wanted, approvals, question));
    stopWaiting(waiting);
    waiting = waits;
    var unused = approval.answer().whenComplete((state, failure) -> onLoop(waits));
  }

  private void answered(Approval approval, Denial.Asks wanted, Approvals approvals, int question) {
    if (call.isOver() || question != questions) {
      return;
    }
    stopWaiting();
    switch (approvals.state(approval)) {
      case APPROVED -> {
        Optional<Ticket> ticket = approvals.redeem(approval);
        if (ticket.isPresent()) {
          goOn(ticket.get());
        } else {
          call.refuse(Refusals.unanswered(approval, wanted));
        }
      }
      case DENIED -> call.refuse(Refusals.disapproved(wanted));
      case PENDING, EXPIRED, USED -> call.refuse(Refusals.unanswered(approval, wanted));
    }
  }

  private void goOn(Ticket ticket) {
    asked = asked.with(ticket);
    decide();
  }

  private void onLoop(Runnable step) {
    try {
      loop.execute(step);
    } catch (RejectedExecutionException stopped) {
      // There is no loop any more on which the call could go on.
    }
  }

  private void stopWaiting() {
    Future<?> timer = patience;
    if (timer != null) {
      timer.cancel(false);
    }
  }

  private static void stopWaiting(@Nullable Waiting waits) {
    if (waits != null) {
      waits.forget();
    }
  }

  /** The call is over. */
  void close() {
    stopWaiting();
    stopWaiting(waiting);
    if (body != null) {
      body.close();
    }
  }
}
