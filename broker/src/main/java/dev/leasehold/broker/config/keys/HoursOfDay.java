package dev.leasehold.broker.config.keys;

import dev.leasehold.broker.config.form.Scalar;
import dev.leasehold.broker.config.form.Scalars;
import java.time.LocalTime;

/**
 * A part of every day, in UTC.
 *
 * @param to exclusive; before {@code from}: on the next day
 */
public record HoursOfDay(LocalTime from, LocalTime to) {
  static final Scalar<HoursOfDay> SHAPE =
      Scalars.text(
          "two times of day such as 22:00-06:00",
          "([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-3]):[0-5][0-9]",
          HoursOfDay::parse);

  private static HoursOfDay parse(String text) {
    LocalTime from = LocalTime.parse(text.substring(0, 5));
    LocalTime to = LocalTime.parse(text.substring(6));
    if (from.equals(to)) {
      throw new IllegalArgumentException("the two times must differ");
    }
    return new HoursOfDay(from, to);
  }
}
