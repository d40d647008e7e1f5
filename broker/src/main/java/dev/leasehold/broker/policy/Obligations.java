package dev.leasehold.broker.policy;

import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What has to be done besides, for an engine's yes to hold.
 *
 * @param approval a human has to agree
 * @param approvers the group that may; empty: any approver
 * @param cuts an answer with a secret in it is cut, even where it would be masked
 * @param life how long the call may last
 * @param perMinute how many such calls the task may make in a minute
 */
public record Obligations(
    boolean approval,
    Optional<String> approvers,
    boolean cuts,
    Optional<Duration> life,
    OptionalInt perMinute) {
  /** Nothing. */
  public static final Obligations NONE =
      new Obligations(false, Optional.empty(), false, Optional.empty(), OptionalInt.empty());

  private static final Pattern FORM =
      Pattern.compile(
          "(?<approval>require-approval)(=(?<group>[a-z0-9_-]{1,63}))?"
              + "|(?<cut>cut)"
              + "|life=(?<life>[1-9][0-9]{0,5})s"
              + "|rate=(?<rate>[1-9][0-9]{0,3})/m");

  /** Empty where one of them is none that is known here, so that nobody could meet them all. */
  public static Optional<Obligations> parse(Collection<String> texts) {
    Obligations all = NONE;
    for (String text : texts) {
      Matcher one = FORM.matcher(text);
      if (!one.matches()) {
        return Optional.empty();
      }
      Optional<String> group = Optional.ofNullable(one.group("group"));
      if (group.isPresent() && all.approvers.isPresent() && !group.equals(all.approvers)) {
        return Optional.empty(); // one question has one group
      }
      all =
          all.and(
              new Obligations(
                  one.group("approval") != null,
                  group,
                  one.group("cut") != null,
                  Optional.ofNullable(one.group("life"))
                      .map(seconds -> Duration.ofSeconds(Long.parseLong(seconds))),
                  one.group("rate") == null
                      ? OptionalInt.empty()
                      : OptionalInt.of(Integer.parseInt(one.group("rate")))));
    }
    return Optional.of(all);
  }

  /** Both, the stricter where they speak of the same. */
  Obligations and(Obligations other) {
    return new Obligations(
        approval || other.approval,
        approvers.or(other::approvers),
        cuts || other.cuts,
        least(life, other.life),
        perMinute.isEmpty()
            ? other.perMinute
            : OptionalInt.of(
                Math.min(perMinute.getAsInt(), other.perMinute.orElse(Integer.MAX_VALUE))));
  }

  private static Optional<Duration> least(Optional<Duration> one, Optional<Duration> other) {
    return one.isEmpty() || other.filter(less -> less.compareTo(one.get()) < 0).isPresent()
        ? other
        : one;
  }
}
