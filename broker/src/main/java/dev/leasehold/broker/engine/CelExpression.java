package dev.leasehold.broker.engine;

import dev.cel.bundle.Cel;
import dev.cel.bundle.CelBuilder;
import dev.cel.bundle.CelFactory;
import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelIssue;
import dev.cel.common.CelOptions;
import dev.cel.common.CelValidationException;
import dev.cel.common.ast.CelReference;
import dev.cel.common.types.CelType;
import dev.cel.common.types.ListType;
import dev.cel.common.types.MapType;
import dev.cel.common.types.SimpleType;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import dev.leasehold.broker.policy.Expression;
import dev.leasehold.broker.policy.Fact;
import dev.leasehold.broker.policy.Facts;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A condition in the Common Expression Language. Each fact is a variable of its own, such as {@code
 * resource.path}, so that a wrong name or type is found when the policy is read and only what is
 * asked about is looked up.
 *
 * @see <a href="https://github.com/google/cel-spec/blob/master/doc/langdef.md">the language</a>
 */
public final class CelExpression implements Expression {
  /** Characters; longer ones are somebody's program. */
  private static final int LONGEST = 2_000;

  /** Steps of all loops of one evaluation together. */
  private static final int MOST_STEPS = 1_000;

  /** Instructions of a compiled pattern (RE2, whose time is linear). */
  private static final int MOST_PATTERN = 1_000;

  private static final int DEEPEST = 24;

  /** By name; those of the task's counts have a second one, where authors look for them. */
  private static final Map<String, Fact> VARIABLES = variables();

  private static final Cel CEL = environment();

  private final String text;
  private final Set<Fact> facts;
  private final CelRuntime.Program program;

  private CelExpression(String text, Set<Fact> facts, CelRuntime.Program program) {
    this.text = text;
    this.facts = Set.copyOf(facts);
    this.program = program;
  }

  private static Map<String, Fact> variables() {
    Map<String, Fact> variables = new HashMap<>();
    for (Fact fact : Fact.values()) {
      variables.put(fact.path(), fact);
    }
    for (Fact count : Set.of(Fact.CALLS, Fact.BYTES, Fact.DENIALS)) {
      variables.put("task." + count.key(), count);
    }
    return Map.copyOf(variables);
  }

  private static Cel environment() {
    CelBuilder builder =
        CelFactory.plannerCelBuilder()
            .setOptions(
                CelOptions.current()
                    .maxExpressionCodePointSize(LONGEST)
                    .maxParseRecursionDepth(DEEPEST)
                    .comprehensionMaxIterations(MOST_STEPS)
                    .maxRegexProgramSize(MOST_PATTERN)
                    .enableHeterogeneousNumericComparisons(true) // the planner knows no other
                    .build())
            .setStandardMacros(CelStandardMacro.ALL, CelStandardMacro.EXISTS)
            .setResultType(SimpleType.BOOL);
    VARIABLES.forEach((name, fact) -> builder.addVar(name, type(fact)));
    return builder.build();
  }

  private static CelType type(Fact fact) {
    return switch (fact.type()) {
      case TEXT -> SimpleType.STRING;
      case NUMBER -> SimpleType.INT;
      case TEXTS -> ListType.create(SimpleType.STRING);
      case TEXTS_BY_NAME -> MapType.create(SimpleType.STRING, SimpleType.STRING);
    };
  }

  /**
   * Reads and checks one; the first takes about a second.
   *
   * @throws IllegalArgumentException with what is wrong and where, completing "…: "
   */
  public static CelExpression parse(String text) {
    try {
      CelAbstractSyntaxTree tree = CEL.compile(text).getAst();
      Set<Fact> facts = EnumSet.noneOf(Fact.class);
      for (CelReference reference : tree.getReferenceMap().values()) {
        Fact fact = VARIABLES.get(reference.name());
        if (fact != null) {
          facts.add(fact);
        }
      }
      if (facts.isEmpty()) {
        throw new IllegalArgumentException("looks at no fact, so that it always says the same");
      }
      return new CelExpression(text, facts, CEL.createProgram(tree));
    } catch (CelValidationException invalid) {
      throw new IllegalArgumentException(words(invalid), invalid);
    } catch (CelEvaluationException invalid) {
      throw new IllegalArgumentException("is no usable CEL expression", invalid);
    }
  }

  private static String words(CelValidationException invalid) {
    if (invalid.getErrors().isEmpty()) {
      return "is no CEL expression";
    }
    CelIssue first = invalid.getErrors().getFirst();
    return "is no CEL expression: "
        + first.getMessage().lines().findFirst().orElse("")
        + " (at character "
        + (first.getSourceLocation().getColumn() + 1)
        + ")";
  }

  @Override
  public String text() {
    return text;
  }

  @Override
  public Set<Fact> facts() {
    return facts;
  }

  @Override
  public boolean holds(Facts seen) {
    try {
      if (program.eval(name -> Optional.ofNullable(VARIABLES.get(name)).map(fact -> fact.of(seen)))
          instanceof Boolean holds) {
        return holds;
      }
      throw new Undecided(new IllegalStateException("it is neither true nor false"));
    } catch (CelEvaluationException | RuntimeException failure) {
      throw new Undecided(failure);
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof CelExpression its && its.text.equals(text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  @Override
  public String toString() {
    return text;
  }
}
