package dev.leasehold.broker.control;

import dev.leasehold.broker.policy.Policy;
import dev.leasehold.broker.task.AgentProof;
import dev.leasehold.broker.task.Autonomy;
import dev.leasehold.broker.task.ChildRequest;
import dev.leasehold.broker.task.Task;
import dev.leasehold.broker.task.Tasks.Opening;
import dev.leasehold.broker.telemetry.BootClock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Opens a child of the task whose token asks, for another agent. What the child may is what its
 * parent may, narrowed; how far delegation goes is bounded by the kind and by the autonomy of every
 * agent above.
 */
final class DelegateTask {
  private final ControlNeeds needs;
  private final Admission admission;

  DelegateTask(ControlNeeds needs, Admission admission) {
    this.needs = needs;
    this.admission = admission;
  }

  /** Blocks; belongs on a virtual thread. */
  Answer answer(ApiCall call, Task parent) {
    return admission.once(call, () -> open(call, parent));
  }

  private IdempotencyKeys.Opened open(ApiCall call, Task parent) {
    ChildWish wish = ChildWish.parse(call.body());
    if (wish.hold()) {
      call.requireStayingConnection();
    }
    ChildRequest child = wish.child();
    Policy policy = needs.rules().get().policy();
    admission.checkReady(child.destinations().orElse(parent.destinations()), policy);
    Admission.Wish told = told(child, parent, wish.hold());
    checkDepth(parent, told, policy);
    Opening opening =
        needs.tasks().delegate(parent, bounded(child, parent, told, policy, needs.clock()));
    IdempotencyKeys.Opened opened = admission.admit(opening, told, call, policy);
    needs.metrics().taskDelegated(parent.kind().name());
    return opened;
  }

  static Admission.Wish told(ChildRequest child, Task parent, boolean hold) {
    return new Admission.Wish(
        Optional.of(parent),
        child.ttl(),
        parent.kind().name(),
        child.agent(),
        AgentProof.TOKEN,
        child.purpose(),
        List.of(),
        hold);
  }

  /** Each agent above may have its work handed on so often, and no more. */
  static void checkDepth(Task parent, Admission.Wish told, Policy policy) {
    int below = 1;
    for (Optional<Task> above = Optional.of(parent);
        above.isPresent();
        above = above.get().parent()) {
      Optional<Autonomy> level = policy.autonomy(above.get().agent(), above.get().kind());
      if (level.isPresent() && below > level.get().deepestDelegation()) {
        throw told.refusal(
            Refused.forbidden(
                "the level of autonomy of an agent in the chain does not permit to delegate so far",
                "autonomy." + level.get().word() + ".deepest-delegation",
                ""));
      }
      below++;
    }
  }

  /** No longer than the level of autonomy lets a task live. */
  static ChildRequest bounded(
      ChildRequest child, Task parent, Admission.Wish told, Policy policy, BootClock clock) {
    Optional<Autonomy> level = policy.autonomy(child.agent(), parent.kind());
    Duration left = Duration.ofNanos(parent.deadlineNanos() - clock.nanos());
    if (level.isEmpty() || level.get().longestTask().compareTo(child.ttl().orElse(left)) >= 0) {
      return child;
    }
    if (child.ttl().isPresent()) {
      throw told.refusal(Admission.tooLong(level.get()));
    }
    return child.lasting(level.get().longestTask());
  }
}
