package dev.leasehold.broker.task;

import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Pattern;

/** A task's public name: {@code tsk_} and 20 lower-case hex digits. Not a secret. */
public record TaskId(String text) {
  private static final Pattern FORM = Pattern.compile("tsk_[0-9a-f]{20}");

  public TaskId {
    if (!FORM.matcher(text).matches()) {
      throw new IllegalArgumentException("not a task id");
    }
  }

  /** Empty when {@code text} is no task id; never echoes it. */
  public static Optional<TaskId> parse(String text) {
    return FORM.matcher(text).matches() ? Optional.of(new TaskId(text)) : Optional.empty();
  }

  static TaskId random(SecureRandom random) {
    byte[] bytes = new byte[10];
    random.nextBytes(bytes);
    return new TaskId("tsk_" + HexFormat.of().formatHex(bytes));
  }

  @Override
  public String toString() {
    return text;
  }
}
