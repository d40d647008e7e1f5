package dev.leasehold.broker.policy;

import dev.leasehold.broker.destination.CanonicalPath;
import dev.leasehold.broker.destination.Destination;
import dev.leasehold.broker.destination.Rule;
import dev.leasehold.broker.task.Autonomy;
import dev.leasehold.broker.task.Task;
import dev.leasehold.broker.task.TaskKind;
import java.time.InstantSource;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The rules of one configuration: an immutable snapshot. Two checks, both of which deny by default:
 * may this task call this destination, and may the credential be used there. A decision looks at
 * the destinations of one host only, so its cost does not grow with the configuration.
 */
public final class Policy {
  private final String version;
  private final Map<String, Destination> byName;
  private final Places places;
  private final Map<String, CredentialUse> credentials;
  private final InstantSource clock;
  private final Judge judge;

  /** One whose destinations are the whole policy. */
  public Policy(
      String version,
      Map<String, Destination> destinations,
      Map<String, CredentialUse> credentials,
      InstantSource clock) {
    this(version, destinations, credentials, clock, Rulebook.NONE, List.of());
  }

  /**
   * @param version a short digest of the configuration, for the audit log
   * @param engines who has to agree to what the rules allow
   * @param rulebook what is asked of every call that a destination allows
   */
  public Policy(
      String version,
      Map<String, Destination> destinations,
      Map<String, CredentialUse> credentials,
      InstantSource clock,
      Rulebook rulebook,
      List<Engine> engines) {
    this.judge = new Judge(version, rulebook, engines, clock);
    this.version = version;
    this.byName = Map.copyOf(destinations);
    this.credentials = Map.copyOf(credentials);
    this.clock = clock;
    this.places = new Places(destinations.values());
  }

  public String version() {
    return version;
  }

  public Optional<Destination> destination(String name) {
    return Optional.ofNullable(byName.get(name));
  }

  /** All of them, whatever task may call them. */
  public Collection<Destination> destinations() {
    return byName.values();
  }

  /** Whether any destination has this host. */
  public boolean knowsHost(String host) {
    return places.hasHost(host);
  }

  /**
   * Whether anything that comes through a tunnel to that place could be allowed to any task. Port
   * 80 leads to every HTTP destination of the host: it is what clients that tunnel plain HTTP write
   * when they were told no port.
   */
  public boolean knows(String host, int port) {
    return places.leadSomewhere(host, port);
  }

  /**
   * Decides like {@link #decide(Task, Destination, Call)}, and says why. Waits for engines, where
   * there are any.
   */
  public Explanation explain(Task task, Destination destination, Call call) {
    Decision decision =
        call.action() == Action.TUNNEL
            ? tunnel(task, destination)
            : decide(task, destination, call);
    boolean asked =
        switch (decision) {
          case Grant grant -> true;
          case Referral referral -> true;
          case Denial denial ->
              denial.isFinal()
                  && denial.reason() != Denial.Reason.TASK_ENDED
                  && denial.reason() != Denial.Reason.AGENT_UNPROVEN;
        };
    CredentialUse use = destination.credential().map(credentials::get).orElse(null);
    List<Explanation.Step> steps =
        asked ? judge.steps(task, destination, call, use, decision.rule()) : List.of();
    if (decision instanceof Referral referral) {
      Referral.Settled settled = referral.settle().toCompletableFuture().join();
      return Explanation.of(settled.decision(), steps, settled.opinions());
    }
    return Explanation.of(decision, steps);
  }

  private Decision tunnel(Task task, Destination destination) {
    return opaque(task, destination.target().host(), destination.target().port(), List.of())
        .orElseGet(
            () ->
                denied(
                    Denial.Reason.DESTINATION_NOT_ALLOWED,
                    "destinations." + destination.name() + ".tunnel",
                    "no destination of this task permits a tunnel there",
                    "",
                    destination));
  }

  /** Whether a task may be opened, and why. */
  public Explanation explainOpening(Task task) {
    Denial denial = opening(task, List.of());
    String rule = denial == null ? "control.callers" : denial.rule();
    List<Explanation.Step> steps = judge.steps(task, rule);
    return denial == null
        ? new Explanation(Effect.ALLOW, rule, "", steps, new LinkedHashMap<>())
        : Explanation.of(denial, steps);
  }

  /**
   * Whether a task that was just opened may go on, by the rules that speak of openings; null when
   * it may.
   *
   * @param tickets what humans have agreed to for this opening
   */
  public @Nullable Denial opening(Task task, List<Ticket> tickets) {
    return judge.opening(task, tickets);
  }

  /** What bounds the life of a task of that agent and kind besides the kind itself. */
  public Optional<Autonomy> autonomy(String agent, TaskKind kind) {
    return judge.autonomy(agent, kind);
  }

  /** Whether the parent of a delegated task left it a credential of that name. */
  public boolean mayUse(Task task, String credential) {
    CredentialUse use = credentials.get(credential);
    return task.narrowing().mayUse(credential, level(use));
  }

  private static Optional<String> level(@Nullable CredentialUse use) {
    return Optional.ofNullable(use).map(CredentialUse::classification);
  }

  /** Decides a call that names its origin itself (proxy form). Pure: no DNS, no I/O. */
  public Decision decide(Task task, Call call) {
    List<Destination> candidates = places.candidates(task, call);
    if (candidates.isEmpty()) {
      return new Denial(
          Denial.Reason.DESTINATION_NOT_ALLOWED,
          "tasks." + task.kind().name() + ".destinations",
          "no destination of this task has that origin",
          "open a task of a kind that lists the destination, or ask for it to be configured",
          Optional.empty());
    }
    Denial denial = null;
    for (Destination destination : candidates) {
      Decision decision = decide(task, destination, call);
      if (!(decision instanceof Denial no) || no.isFinal()) {
        return decision;
      }
      if (denial == null) {
        denial = no;
      }
    }
    return Objects.requireNonNull(denial);
  }

  /**
   * The decision about a tunnel whose bytes pass unseen, where the task has a destination there
   * that permits one. Empty: what comes inside is calls, each decided for itself.
   *
   * @param tickets what humans have agreed to for this tunnel
   */
  public Optional<Decision> opaque(Task task, String host, int port, List<Ticket> tickets) {
    Optional<Destination> found = places.tunnel(task, host, port);
    if (found.isEmpty()) {
      return Optional.empty();
    }
    Destination destination = found.get();
    Denial unproven = unprovenDenial(task, destination);
    if (unproven != null) {
      return Optional.of(unproven);
    }
    Optional<String> narrowed = task.narrowing().deniesUnseen();
    if (narrowed.isPresent()) {
      return Optional.of(narrowed(narrowed.get(), destination));
    }
    Call call =
        new Call(
            destination.target().scheme(),
            host,
            port,
            Action.TUNNEL,
            "CONNECT",
            CanonicalPath.ROOT,
            Optional.empty(),
            tickets);
    String rule = "destinations." + destination.name() + ".tunnel";
    return Optional.of(judge.decide(task, destination, call, rule, null));
  }

  /** Decides a call whose destination the listener already gives (an endpoint). */
  public Decision decide(Task task, Destination destination, Call call) {
    if (!task.isActive()) {
      return denied(Denial.Reason.TASK_ENDED, "task", "the task has ended", "", destination);
    }
    if (!task.mayCall(destination.name())) {
      return denied(
          Denial.Reason.DESTINATION_NOT_ALLOWED,
          "tasks." + task.kind().name() + ".destinations",
          "this task may not call that destination",
          "open the task with this destination among its destinations",
          destination);
    }
    Denial unproven = unprovenDenial(task, destination);
    if (unproven != null) {
      return unproven;
    }
    for (Rule rule : destination.deny()) {
      if (rule.matches(call.method(), call.path())) {
        return denied(
            Denial.Reason.RULE_DENIED, rule.name(), "a deny rule matches", "", destination);
      }
    }
    for (Rule rule : destination.allow()) {
      if (rule.matches(call.method(), call.path())) {
        CredentialUse use = destination.credential().map(credentials::get).orElse(null);
        Denial credential = credentialDenial(destination, use);
        if (credential != null) {
          return credential;
        }
        Optional<String> narrowed =
            task.narrowing()
                .denies(
                    destination.name(),
                    call.method(),
                    call.path(),
                    destination.credential(),
                    level(use));
        return narrowed.isPresent()
            ? narrowed(narrowed.get(), destination)
            : judge.decide(task, destination, call, rule.name(), use);
      }
    }
    return denied(
        Denial.Reason.RULE_DENIED,
        "destinations." + destination.name() + ".allow",
        "no allow rule matches this method and path",
        "calls must match a rule of the destination's allow list",
        destination);
  }

  /**
   * Whether a call that is still going on would be allowed now, by these rules; null when it is.
   * Its counts are those of when it was made.
   */
  public @Nullable Denial wouldDeny(Grant grant) {
    return byName.containsKey(grant.destination().name())
        ? judge.again(grant)
        : null; // a reload has ended the tasks of its kind
  }

  /** The same by the engines, where there are any; does not block. */
  public Optional<CompletionStage<Decision>> askAgain(Grant grant) {
    return byName.containsKey(grant.destination().name())
        ? judge.askAgain(grant)
        : Optional.empty();
  }

  private static @Nullable Denial unprovenDenial(Task task, Destination destination) {
    return task.isProven()
        ? null
        : denied(
            Denial.Reason.AGENT_UNPROVEN,
            "tasks." + task.kind().name() + ".agent-proof",
            "the agent of this task has yet to show who it is",
            "POST /v1/tasks/{id}/proof with the task's token and, where an SVID is wanted, a"
                + " JWT-SVID",
            destination);
  }

  private static Denial narrowed(String field, Destination destination) {
    return denied(
        Denial.Reason.RULE_DENIED,
        "delegation." + field,
        "the task that delegated this one did not leave it that",
        "ask the parent task's agent for a child that may do more",
        destination);
  }

  private @Nullable Denial credentialDenial(Destination destination, @Nullable CredentialUse use) {
    if (destination.credential().isEmpty()) {
      return null;
    }
    String name = destination.credential().get();
    if (use == null) {
      return denied(
          Denial.Reason.RULE_DENIED,
          "credentials." + name,
          "the destination's credential is not defined",
          "",
          destination);
    }
    boolean over = use.deniedAfter().filter(until -> !clock.instant().isBefore(until)).isPresent();
    return over
        ? denied(
            Denial.Reason.RULE_DENIED,
            "credentials." + name + ".exception.until",
            "the exception for this static credential has run out",
            "its owner must renew the exception or replace the credential by a leased one",
            destination)
        : null;
  }

  private static Denial denied(
      Denial.Reason reason, String rule, String detail, String hint, Destination destination) {
    return new Denial(reason, rule, detail, hint, Optional.of(destination));
  }
}
