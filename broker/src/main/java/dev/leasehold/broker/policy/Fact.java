package dev.leasehold.broker.policy;

import dev.leasehold.broker.destination.Destination;
import dev.leasehold.broker.task.Autonomy;
import java.time.Duration;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One line of the decision input: its name, how it is known, and where it comes from. The published
 * schema, the conditions of rules and what other engines are sent are all made from this table.
 */
public enum Fact {
  AGENT(
      "principal.agent", Source.PROVEN, "SPIFFE ID of the agent that acts.", f -> f.task().agent()),
  AGENT_PROOF(
      "principal.agent_proof",
      Source.OBSERVED,
      "How its identity is known: uid, token or svid.",
      f -> f.task().agentProof().word()),
  AGENT_OWNER(
      "principal.owner",
      Source.OBSERVED,
      "Who answers for the agent, as configured.",
      f -> f.agent().owner()),
  AUTONOMY(
      "principal.autonomy",
      Source.OBSERVED,
      "The stricter of the agent's and the kind's level; empty where neither has one.",
      f -> f.autonomy().map(Autonomy::word).orElse("")),
  CHAIN(
      "principal.chain",
      Source.PROVEN,
      "SPIFFE IDs from the first task's agent to the one that acts.",
      f -> f.task().chain()),

  TASK("task.id", Source.OBSERVED, "The task.", f -> f.task().id().text()),
  KIND("task.kind", Source.OBSERVED, "Its kind.", f -> f.task().kind().name()),
  PARENT(
      "task.parent",
      Source.OBSERVED,
      "The task that delegated it; empty where a caller opened it.",
      f -> f.task().parentId()),
  ROOT(
      "task.root",
      Source.OBSERVED,
      "The task with which the chain begins; itself where a caller opened it.",
      f -> f.task().rootId()),
  DEPTH(
      "task.depth",
      Source.OBSERVED,
      "How many delegations led to it.",
      f -> (long) f.task().depth()),
  PURPOSE(
      "task.purpose",
      Source.ASSERTED,
      "What the opener said that it is for.",
      f -> f.task().purpose()),
  LABELS("task.labels", Source.ASSERTED, "The opener's labels.", f -> f.task().labels()),
  ON_BEHALF_OF(
      "task.on_behalf_of",
      Source.ASSERTED,
      "For whom the opener said it acts.",
      f -> f.task().onBehalfOf().orElse("")),
  AGE(
      "task.age_seconds",
      Source.OBSERVED,
      "Seconds since its opening.",
      f -> seconds(Duration.between(f.task().openedAt(), f.now()))),
  TIME_LEFT(
      "task.time_left_seconds",
      Source.OBSERVED,
      "Seconds until its deadline.",
      f -> seconds(Duration.between(f.now(), f.task().expiresAt()))),

  ACTION(
      "action.name",
      Source.OBSERVED,
      "http, websocket, tunnel, open-task or delegation.",
      f -> f.action().word()),
  METHOD("action.method", Source.OBSERVED, "The HTTP method, in capitals.", Facts::method),
  INTENT(
      "action.intent",
      Source.ASSERTED,
      "Whether Leasehold-Intent agrees with the call that is seen: agrees, differs or none.",
      f -> f.intent().word()),

  DESTINATION(
      "resource.destination",
      Source.OBSERVED,
      "The destination's name.",
      f -> f.destination() == null ? "" : f.destination().name()),
  HOST(
      "resource.host",
      Source.OBSERVED,
      "The target's host.",
      f -> f.destination() == null ? "" : f.destination().target().host()),
  PATH("resource.path", Source.OBSERVED, "The canonical path.", f -> f.path().text()),
  ENVIRONMENT(
      "resource.environment",
      Source.OBSERVED,
      "Such as production or staging.",
      f -> environment(f.destination())),
  CREDENTIAL(
      "resource.credential",
      Source.OBSERVED,
      "The credential's name; empty where none is used.",
      f -> f.credential() == null ? "" : f.credential().name()),
  CREDENTIAL_OWNER(
      "resource.owner",
      Source.OBSERVED,
      "Who owns the credential.",
      f -> f.credential() == null ? "" : f.credential().owner()),
  CLASSIFICATION(
      "resource.classification",
      Source.OBSERVED,
      "public, internal, confidential or restricted; empty where no credential is used.",
      f -> f.credential() == null ? "" : f.credential().classification()),
  REVOCABILITY(
      "resource.revocability",
      Source.OBSERVED,
      "hard, soft, ttl-only or static; empty where no credential is used.",
      f -> f.credential() == null ? "" : f.credential().revocability()),

  TIME("context.time", Source.OBSERVED, "When it is decided, RFC 3339.", f -> f.now().toString()),
  APPROVALS(
      "context.approvals",
      Source.OBSERVED,
      "Rules of the policy and engines that had a human asked about this one call, who agreed.",
      f -> f.tickets().stream().map(ticket -> ticket.rule().place()).toList()),
  BREAK_GLASS(
      "context.break_glass",
      Source.OBSERVED,
      "The break-glass by which rules are set aside for it; empty where they are not.",
      f -> f.breakGlass()),
  CALLS(
      "context.calls",
      Source.OBSERVED,
      "Calls of this task, and of those below it, so far.",
      f -> f.counts().calls()),
  BYTES(
      "context.bytes",
      Source.OBSERVED,
      "Bytes that finished calls of this task have moved, both ways.",
      f -> f.counts().bytes()),
  DENIALS(
      "context.denials",
      Source.OBSERVED,
      "Calls of this task that were refused.",
      f -> f.counts().denials()),
  SIGNALS(
      "context.signals",
      Source.OBSERVED,
      "The operator's signals that are on.",
      f -> f.signals().on(f.now()));

  /** What a fact is made of. */
  public enum Type {
    TEXT,
    /** A whole number. */
    NUMBER,
    TEXTS,
    TEXTS_BY_NAME
  }

  private final String path;
  private final Source source;
  private final String doc;

  @SuppressWarnings("ImmutableEnumChecker") // all of them above, and none keeps anything
  private final Function<Facts, Object> value;

  Fact(String path, Source source, String doc, Function<Facts, Object> value) {
    this.path = path;
    this.source = source;
    this.doc = doc;
    this.value = value;
  }

  /** Where it stands in the decision input, e.g. {@code resource.environment}. */
  public String path() {
    return path;
  }

  /** {@code principal}, {@code task}, {@code action}, {@code resource} or {@code context}. */
  public String section() {
    return path.substring(0, path.indexOf('.'));
  }

  /** Its name within the section. */
  public String key() {
    return path.substring(path.indexOf('.') + 1);
  }

  public Source source() {
    return source;
  }

  /** One sentence for the schema and the reference page. */
  public String doc() {
    return doc;
  }

  /** Whether it may be another one at the next moment, without anything else having changed. */
  public boolean isOfTheMoment() {
    return switch (this) {
      case TIME, AGE, TIME_LEFT, CALLS, BYTES, DENIALS, SIGNALS -> true;
      default -> false;
    };
  }

  public Type type() {
    return switch (this) {
      case DEPTH, AGE, TIME_LEFT, CALLS, BYTES, DENIALS -> Type.NUMBER;
      case CHAIN, SIGNALS, APPROVALS -> Type.TEXTS;
      case LABELS -> Type.TEXTS_BY_NAME;
      default -> Type.TEXT;
    };
  }

  /** A String, a Long, a list of strings or a map of strings. */
  public Object of(Facts facts) {
    return value.apply(facts);
  }

  /** For those that are one text. */
  String text(Facts facts) {
    return (String) value.apply(facts);
  }

  private static Object seconds(Duration duration) {
    return duration.toSeconds();
  }

  private static Object environment(@Nullable Destination destination) {
    return destination == null ? "" : destination.environment().orElse("");
  }
}
