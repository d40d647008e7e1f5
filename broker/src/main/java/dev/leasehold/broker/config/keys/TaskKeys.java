package dev.leasehold.broker.config.keys;

import dev.leasehold.broker.config.form.Items;
import dev.leasehold.broker.config.form.Key;
import dev.leasehold.broker.config.form.Located;
import dev.leasehold.broker.config.form.Scalars;
import dev.leasehold.broker.config.form.Section;
import dev.leasehold.broker.task.AgentProof;
import dev.leasehold.broker.task.Autonomy;
import dev.leasehold.broker.task.OnSharedToken;
import java.time.Duration;
import java.util.List;

/** One entry of {@code tasks:} */
public final class TaskKeys {
  public static final Key<String> ROLE =
      Key.required("role", Values.ROLE, "The token role that bounds tasks of this kind in Vault.");

  public static final Key<List<Located<String>>> AGENTS =
      Key.required("agents", Items.of(Values.AGENT_ID), "Whose tasks these may be.");
  public static final Key<List<Located<String>>> PURPOSES =
      Key.optional(
          "purposes",
          Items.of(Scalars.line("a purpose of one line")),
          "The only purposes allowed; without it any text of one line.");
  public static final Key<Duration> TTL =
      Key.required(
          "ttl",
          Scalars.duration(Values.SECOND, Duration.ofDays(7)),
          "Longest life of one task, and its default.");
  public static final Key<Duration> IDLE =
      Key.defaulted(
          "idle",
          Scalars.durationOr("off", Values.ZERO, Values.SECOND, Values.DAY),
          "off",
          "Ends a task after this long without a call.");
  public static final Key<Duration> DRAIN =
      Key.defaulted(
          "drain",
          Scalars.duration(Values.ZERO, Duration.ofMinutes(1)),
          "0s",
          "How long open calls may finish once the task is fenced; 0s cuts them.");
  public static final Key<Integer> MAX_OPEN =
      Key.defaulted(
          "max-open", Scalars.integer(1, 100_000), "100", "How many may be open at once.");
  public static final Key<Section> VAULT =
      Key.required(
          "vault", Section.Form.of("the kind's side in Vault", ROLE), "Its side in Vault.");
  public static final Key<List<Located<String>>> DESTINATIONS =
      Key.required(
          "destinations",
          Items.of(Values.NAME_OF),
          "Where its tasks may call; among destinations of one origin the first that allows wins.");

  public static final Key<Autonomy> AUTONOMY =
      Key.optional(
          "autonomy",
          Scalars.word(List.of(Autonomy.values())),
          "How much its tasks may do without a human; the stricter of this and the agent's holds.");

  public static final Key<List<Located<String>>> TO =
      Key.optional(
          "to",
          Items.of(Values.AGENT_PATTERN),
          "Who may be given a child; spiffe://example.org/agent/* is every one below.");
  public static final Key<List<Located<String>>> FROM =
      Key.optional(
          "from",
          Items.of(Values.AGENT_ID),
          "SPIFFE IDs of sidecars, listed in delegation.peers, whose grants open tasks of this"
              + " kind.");
  public static final Key<Integer> DEPTH =
      Key.defaulted(
          "depth", Scalars.integer(1, 16), "1", "How many delegations may follow on each other.");
  public static final Key<Integer> CHILDREN =
      Key.defaulted(
          "children", Scalars.integer(1, 1000), "5", "How many live children one task may have.");
  public static final Key<Section> DELEGATION =
      Key.optional(
          "delegation",
          Section.Form.of("how tasks are handed on", TO, FROM, DEPTH, CHILDREN),
          "Lets its tasks open children for other agents, which may never have more than they.");
  public static final Key<AgentProof> AGENT_PROOF =
      Key.optional(
          "agent-proof",
          Scalars.word(List.of(AgentProof.values())),
          "The weakest way in which the agent of its tasks may be known: token, uid or svid."
              + " Without it any for tasks that callers open, and svid for children.");

  public static final Key<OnSharedToken> SHARED_TOKEN =
      Key.defaulted(
          "shared-token",
          Scalars.word(List.of(OnSharedToken.values())),
          "record",
          "What becomes of a task whose token is used by processes of two users: record it, or end"
              + " the task as well.");

  static final Section.Form FORM =
      Section.Form.of(
          "a task kind",
          AGENTS,
          PURPOSES,
          TTL,
          IDLE,
          DRAIN,
          MAX_OPEN,
          AUTONOMY,
          DELEGATION,
          AGENT_PROOF,
          SHARED_TOKEN,
          VAULT,
          DESTINATIONS);

  private TaskKeys() {}
}
