package dev.leasehold.broker.config.keys;

import dev.leasehold.broker.config.form.Key;
import dev.leasehold.broker.config.form.Scalars;
import dev.leasehold.broker.config.form.Section;
import java.nio.file.Path;
import java.time.Duration;

/** {@code audit:} */
public final class AuditKeys {
  public static final Key<Path> FILE =
      Key.optional("file", Scalars.path("a path"), "The file that audit lines are appended to.");
  public static final Key<Boolean> STDOUT =
      Key.optional("stdout", Scalars.onlyTrue(), "Audit lines go to standard output.");
  public static final Key<Duration> FSYNC =
      Key.defaulted(
          "fsync",
          Scalars.durationOr("always", Values.ZERO, Duration.ofMillis(1), Duration.ofSeconds(10)),
          "100ms",
          "How often lines are forced to disk; always: before each call goes on.");

  static final Section.Form FORM =
      Section.Form.of("the audit log", FILE, STDOUT, FSYNC).exactlyOne(FILE, STDOUT);

  private AuditKeys() {}
}
