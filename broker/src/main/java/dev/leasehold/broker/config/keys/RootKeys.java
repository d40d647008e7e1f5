package dev.leasehold.broker.config.keys;

import dev.leasehold.broker.config.form.Items;
import dev.leasehold.broker.config.form.Key;
import dev.leasehold.broker.config.form.Located;
import dev.leasehold.broker.config.form.Named;
import dev.leasehold.broker.config.form.Scalars;
import dev.leasehold.broker.config.form.Section;
import dev.leasehold.broker.task.Signal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.SequencedMap;
import java.util.function.Function;

/** The document itself. */
public final class RootKeys {
  /** The only version there is. */
  public static final String VERSION = "leasehold.dev/v1";

  public static final Key<String> EVENT_TYPE =
      Key.required(
          "type", Scalars.line("an event type"), "The CloudEvents type, compared exactly.");
  public static final Key<String> EVENT_TASK =
      Key.required(
          "task",
          Scalars.text(
              "a JSON pointer such as /subject", "(/([^~/]|~[01])*)+", Function.identity()),
          "Where the event names the task, in its structured form.");
  public static final Key<Signal> EVENT_SIGNAL =
      Key.required(
          "signal",
          Scalars.word(List.of(Signal.COMPLETED, Signal.FAILED, Signal.CANCELLED)),
          "What the event means for the task.");

  public static final Key<String> DEFAULT_KIND =
      Key.required("kind", Values.NAME_OF, "The kind of the default task.");
  public static final Key<String> DEFAULT_PURPOSE =
      Key.required("purpose", Scalars.line("text of one line"), "Its purpose.");
  public static final Key<Integer> DEFAULT_UID =
      Key.required("uid", Scalars.integer(0, Integer.MAX_VALUE), "The agent's uid.");

  public static final Key<String> INTERCEPTION_SIGN =
      Key.required(
          "sign",
          Values.SIGNING_PATH,
          "Where Vault's PKI signs the CA; below the engine's own root, or one of its issuers.");
  public static final Key<Duration> INTERCEPTION_TTL =
      Key.defaulted(
          "ttl",
          Scalars.duration(Values.DAY, Duration.ofDays(365)),
          "30d",
          "Life of one CA, exactly; at least three times the longest kind's ttl. Another follows"
              + " when two thirds are over.");

  public static final Key<String> API_VERSION =
      Key.required(
          "apiVersion",
          Scalars.word(List.of(VERSION), name -> name),
          "The version of this format.");
  public static final Key<Section> IDENTITY =
      Key.required("identity", IdentityKeys.FORM, "Who the sidecar is.");
  public static final Key<Section> VAULT =
      Key.required("vault", VaultKeys.FORM, "Where secrets come from.");
  public static final Key<Section> LISTEN =
      Key.optional("listen", ListenKeys.FORM, "Where agents and operators connect.");
  public static final Key<Section> CONTROL =
      Key.required("control", ControlKeys.FORM, "Who may open and end tasks.");
  public static final Key<Path> RUNTIME_DIR =
      Key.optional(
          "runtime-dir",
          Scalars.path("a path"),
          "For the CA certificate, bundles and sockets; without it $XDG_RUNTIME_DIR/leasehold, else"
              + " /run/leasehold.");
  public static final Key<Path> STATE_DIR =
      Key.optional(
          "state-dir",
          Scalars.path("a path"),
          "For the journal; without it $XDG_STATE_HOME/leasehold, else /var/lib/leasehold.");
  public static final Key<Section> AUDIT =
      Key.required("audit", AuditKeys.FORM, "Where every decision is written down.");
  public static final Key<String> RESOLVER =
      Key.defaulted(
          "resolver",
          Values.RESOLVER,
          "system",
          "Who looks up the names of destinations; system includes /etc/hosts.");
  public static final Key<Section> INTERCEPTION =
      Key.optional(
          "interception",
          Section.Form.of("who signs the interception CA", INTERCEPTION_SIGN, INTERCEPTION_TTL),
          "Has the interception CA signed by Vault's PKI (Vault 1.19 or newer, not OpenBao);"
              + " without it the sidecar signs it.");
  public static final Key<List<Located<Section>>> EVENTS =
      Key.optional(
          "events",
          Items.of(Section.Form.of("an event", EVENT_TYPE, EVENT_TASK, EVENT_SIGNAL)),
          "Which CloudEvents end a task.");
  public static final Key<Section> DEFAULT_TASK =
      Key.optional(
          "default-task",
          Section.Form.of("the default task", DEFAULT_KIND, DEFAULT_PURPOSE, DEFAULT_UID),
          "One task opened at start for an agent that knows nothing of tasks.");
  public static final Key<SequencedMap<String, Located<Section>>> TASKS =
      Key.required(
          "tasks",
          Named.of("task kind", Values.NAME, TaskKeys.FORM),
          "The kinds of tasks: the most that one task of each may do.");
  public static final Key<SequencedMap<String, Located<Section>>> DESTINATIONS =
      Key.required(
          "destinations",
          Named.of("destination", Values.NAME, DestinationKeys.FORM),
          "Where calls may go.");
  public static final Key<SequencedMap<String, Located<Section>>> CREDENTIALS =
      Key.optional(
          "credentials",
          Named.of("credential", Values.NAME, CredentialKeys.FORM),
          "What is leased for calls.");
  public static final Key<SequencedMap<String, Located<Section>>> AGENTS =
      Key.optional(
          "agents",
          Named.of("agent's SPIFFE ID", Values.AGENT, PolicyKeys.AGENT),
          "What is known of agents besides their tasks.");
  public static final Key<Section> POLICY =
      Key.optional(
          "policy",
          PolicyKeys.FORM,
          "What every call is asked about at the moment it is made; without it, what a kind's"
              + " destinations allow is the whole policy.");
  public static final Key<Path> SIGNALS =
      Key.optional(
          "signals",
          Scalars.file("signals: a mapping of names to true, or to from and until"),
          "What an operator says of the hour, such as an incident; read anew when it changes.");
  public static final Key<Section> APPROVALS =
      Key.optional(
          "approvals", ApprovalKeys.FORM, "How humans are asked; without it nobody can be.");

  public static final Key<Section> DELEGATION =
      Key.optional(
          "delegation",
          DelegationKeys.FORM,
          "With which other sidecars work is handed on; without it with none.");

  public static final Section.Form FORM =
      Section.Form.of(
          "a configuration",
          API_VERSION,
          IDENTITY,
          VAULT,
          LISTEN,
          CONTROL,
          RUNTIME_DIR,
          STATE_DIR,
          AUDIT,
          RESOLVER,
          INTERCEPTION,
          EVENTS,
          DEFAULT_TASK,
          TASKS,
          DESTINATIONS,
          CREDENTIALS,
          AGENTS,
          POLICY,
          APPROVALS,
          DELEGATION,
          SIGNALS);

  private RootKeys() {}
}
