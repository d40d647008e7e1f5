package dev.leasehold.broker.policy;

import dev.leasehold.broker.destination.PathPattern;
import java.time.DayOfWeek;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** One key of a rule's {@code when}; all of them must hold. */
public sealed interface Condition {
  /** Whether it holds. */
  boolean holds(Facts facts);

  /** What it looks at. */
  Set<Fact> facts();

  /** Whether it holds wherever {@code other} does; false where that is not plain to see. */
  boolean covers(Condition other);

  /** One that looks at a single fact. */
  sealed interface OfOne extends Condition {
    Fact fact();

    @Override
    default Set<Fact> facts() {
      return Set.of(fact());
    }
  }

  /** What an expression says of any facts holds. */
  record Expressed(Expression expression) implements Condition {
    @Override
    public Set<Fact> facts() {
      return expression.facts();
    }

    @Override
    public boolean holds(Facts facts) {
      return expression.holds(facts);
    }

    @Override
    public boolean covers(Condition other) {
      return equals(other);
    }
  }

  /** The fact is one of these texts. */
  record OneOf(Fact fact, Set<String> values) implements OfOne {
    public OneOf {
      values = Set.copyOf(values);
    }

    @Override
    public boolean holds(Facts facts) {
      return values.contains(fact.text(facts));
    }

    @Override
    public boolean covers(Condition other) {
      return other instanceof OneOf(Fact its, Set<String> less)
          && its == fact
          && values.containsAll(less);
    }
  }

  /** The fact is none of these texts. */
  record NoneOf(Fact fact, Set<String> values) implements OfOne {
    public NoneOf {
      values = Set.copyOf(values);
    }

    @Override
    public boolean holds(Facts facts) {
      return !values.contains(fact.text(facts));
    }

    @Override
    public boolean covers(Condition other) {
      return other instanceof NoneOf(Fact its, Set<String> more)
          && its == fact
          && more.containsAll(values);
    }
  }

  /** The fact is one of these texts, or begins with one of these. */
  record BeginsWith(Fact fact, Set<String> values, List<String> beginnings) implements OfOne {
    public BeginsWith {
      values = Set.copyOf(values);
      beginnings = List.copyOf(beginnings);
    }

    @Override
    public boolean holds(Facts facts) {
      return holds(fact.text(facts));
    }

    private boolean holds(String text) {
      if (values.contains(text)) {
        return true;
      }
      for (String beginning : beginnings) {
        if (text.startsWith(beginning)) {
          return true;
        }
      }
      return false;
    }

    @Override
    public boolean covers(Condition other) {
      return switch (other) {
        case OneOf(Fact its, Set<String> less) ->
            its == fact && less.stream().allMatch(this::holds);
        case BeginsWith(Fact its, Set<String> less, List<String> below) ->
            its == fact
                && less.stream().allMatch(this::holds)
                && below.stream().allMatch(text -> beginnings.stream().anyMatch(text::startsWith));
        default -> false;
      };
    }
  }

  /** Some agent of the chain is, or is below, one of these. */
  record InChain(Set<String> values, List<String> beginnings) implements OfOne {
    public InChain {
      values = Set.copyOf(values);
      beginnings = List.copyOf(beginnings);
    }

    @Override
    public Fact fact() {
      return Fact.CHAIN;
    }

    @Override
    public boolean holds(Facts facts) {
      for (String agent : facts.task().chain()) {
        if (values.contains(agent) || beginnings.stream().anyMatch(agent::startsWith)) {
          return true;
        }
      }
      return false;
    }

    @Override
    public boolean covers(Condition other) {
      return equals(other);
    }
  }

  /** The path matches one of these. */
  record Paths(List<PathPattern> patterns) implements OfOne {
    public Paths {
      patterns = List.copyOf(patterns);
    }

    @Override
    public Fact fact() {
      return Fact.PATH;
    }

    @Override
    public boolean holds(Facts facts) {
      for (PathPattern pattern : patterns) {
        if (pattern.matches(facts.path())) {
          return true;
        }
      }
      return false;
    }

    @Override
    public boolean covers(Condition other) {
      return other instanceof Paths(List<PathPattern> less) && patterns.containsAll(less);
    }
  }

  /** The task has all of these labels. */
  record Labels(Map<String, String> labels) implements OfOne {
    public Labels {
      labels = Map.copyOf(labels);
    }

    @Override
    public Fact fact() {
      return Fact.LABELS;
    }

    @Override
    public boolean holds(Facts facts) {
      return facts.task().labels().entrySet().containsAll(labels.entrySet());
    }

    @Override
    public boolean covers(Condition other) {
      return other instanceof Labels(Map<String, String> more)
          && more.entrySet().containsAll(labels.entrySet());
    }
  }

  /** It is one of these days, in UTC. */
  record Days(Set<DayOfWeek> days) implements OfOne {
    public Days {
      days = Set.copyOf(days);
    }

    @Override
    public Fact fact() {
      return Fact.TIME;
    }

    @Override
    public boolean holds(Facts facts) {
      return days.contains(facts.now().atOffset(ZoneOffset.UTC).getDayOfWeek());
    }

    @Override
    public boolean covers(Condition other) {
      return other instanceof Days(Set<DayOfWeek> less) && days.containsAll(less);
    }
  }

  /**
   * It is between two times of the day, in UTC.
   *
   * @param to exclusive; not after {@code from}: on the next day
   */
  record Hours(LocalTime from, LocalTime to) implements OfOne {
    @Override
    public Fact fact() {
      return Fact.TIME;
    }

    @Override
    public boolean holds(Facts facts) {
      LocalTime now = facts.now().atOffset(ZoneOffset.UTC).toLocalTime();
      return from.isBefore(to)
          ? !now.isBefore(from) && now.isBefore(to)
          : !now.isBefore(from) || now.isBefore(to);
    }

    @Override
    public boolean covers(Condition other) {
      return equals(other);
    }
  }

  /** One of these signals is on. */
  record SignalOn(Set<String> names) implements OfOne {
    public SignalOn {
      names = Set.copyOf(names);
    }

    @Override
    public Fact fact() {
      return Fact.SIGNALS;
    }

    @Override
    public boolean holds(Facts facts) {
      for (String name : names) {
        if (facts.signals().isOn(name, facts.now())) {
          return true;
        }
      }
      return false;
    }

    @Override
    public boolean covers(Condition other) {
      return other instanceof SignalOn(Set<String> less) && names.containsAll(less);
    }
  }

  /** A number is above, or not above, a bound. */
  record Over(Fact fact, long bound, boolean above) implements OfOne {
    @Override
    public boolean holds(Facts facts) {
      return (Long) fact.of(facts) > bound == above;
    }

    @Override
    public boolean covers(Condition other) {
      return other instanceof Over(Fact its, long theirs, boolean side)
          && its == fact
          && side == above
          && (above ? theirs >= bound : theirs <= bound);
    }
  }
}
