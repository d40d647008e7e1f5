package dev.leasehold.broker.config.keys;

import dev.leasehold.broker.config.form.Items;
import dev.leasehold.broker.config.form.Key;
import dev.leasehold.broker.config.form.Located;
import dev.leasehold.broker.config.form.Named;
import dev.leasehold.broker.config.form.Scalars;
import dev.leasehold.broker.config.form.Section;
import dev.leasehold.broker.policy.Action;
import dev.leasehold.broker.policy.Effect;
import dev.leasehold.broker.task.AgentProof;
import java.time.Instant;
import java.util.List;
import java.util.SequencedMap;
import java.util.function.Function;

/** The file of {@code leasehold policy test}. */
public final class CaseKeys {
  public static final Key<String> NAME =
      Key.optional("name", Scalars.line("a name of one line"), "What a failure calls it.");
  public static final Key<String> AGENT =
      Key.required("agent", Values.AGENT_ID, "The agent that acts.");
  public static final Key<AgentProof> AGENT_PROOF =
      Key.defaulted(
          "agent-proof", Scalars.word(List.of(AgentProof.values())), "uid", "How it is known.");
  public static final Key<String> KIND = Key.required("kind", Values.NAME_OF, "The task's kind.");
  public static final Key<String> PURPOSE =
      Key.defaulted("purpose", Scalars.line("a purpose of one line"), "a test", "Its purpose.");
  public static final Key<SequencedMap<String, Located<String>>> LABELS =
      Key.optional(
          "labels",
          Named.of("label", Values.LABEL, Scalars.line("a label's value")),
          "Its labels.");
  public static final Key<String> ON_BEHALF_OF =
      Key.optional("on-behalf-of", Scalars.line("a name"), "For whom its opener says it acts.");
  public static final Key<Action> ACTION =
      Key.defaulted("action", Scalars.word(List.of(Action.values())), "http", "What is done.");
  public static final Key<String> DESTINATION =
      Key.optional("destination", Values.NAME_OF, "Where a call goes.");
  public static final Key<String> METHOD =
      Key.defaulted("method", Values.METHOD, "GET", "The HTTP method.");
  public static final Key<String> PATH =
      Key.defaulted(
          "path", Scalars.text("a path", "/.*", Function.identity()), "/", "The path, canonical.");
  public static final Key<String> INTENT =
      Key.optional("intent", Scalars.line("a stated intent"), "As Leasehold-Intent would say it.");
  public static final Key<Instant> AT = Key.optional("at", Scalars.time(), "When; without it now.");
  public static final Key<List<Located<String>>> SIGNALS =
      Key.optional(
          "signals", Items.of(Values.NAME_OF), "Those that are on; without it the file's.");
  public static final Key<Integer> CALLS =
      Key.defaulted("calls", Scalars.integer(0, 1_000_000), "0", "Calls before this one.");
  public static final Key<Integer> DENIALS =
      Key.defaulted("denials", Scalars.integer(0, 1_000_000), "0", "Refused ones among them.");
  public static final Key<Long> BYTES =
      Key.defaulted("bytes", Scalars.size(0, Long.MAX_VALUE), "0", "What they have moved.");
  public static final Key<List<Located<String>>> APPROVED =
      Key.optional("approved", Items.of(Values.RULE_PLACE), "Rules to which a human has agreed.");
  public static final Key<Effect> EXPECT =
      Key.required("expect", Scalars.word(List.of(Effect.values())), "What is to come of it.");
  public static final Key<String> RULE =
      Key.optional("rule", Values.RULE_PLACE, "By which rule, as a denial names it.");

  public static final Key<List<Located<Section>>> CASES =
      Key.required(
          "cases",
          Items.of(
              Section.Form.of(
                  "a case",
                  NAME,
                  AGENT,
                  AGENT_PROOF,
                  KIND,
                  PURPOSE,
                  LABELS,
                  ON_BEHALF_OF,
                  ACTION,
                  DESTINATION,
                  METHOD,
                  PATH,
                  INTENT,
                  AT,
                  SIGNALS,
                  CALLS,
                  DENIALS,
                  BYTES,
                  APPROVED,
                  EXPECT,
                  RULE)),
          "What is tried.");

  public static final Section.Form FORM = Section.Form.of("a table of cases", CASES);

  private CaseKeys() {}
}
