package dev.leasehold.broker.lease;

import dev.leasehold.broker.lease.LeaseOutcome.Problem;
import dev.leasehold.broker.lease.LeaseOutcome.Refused;
import dev.leasehold.broker.secret.SecretFields;
import dev.leasehold.broker.secret.SecretValue;
import java.util.Optional;

/**
 * Whether an answer of the store can be used: every field that the injection names is there, is
 * long enough to be told from ordinary text when it comes back in an answer, and cannot break out
 * of the line that it is put into.
 */
final class SecretCheck {
  private static final int SHORTEST = 8;

  private SecretCheck() {}

  /** The refusal of a bad answer; it names fields, never what is in them. */
  static Optional<Refused> refusal(Credential credential, SecretFields fields) {
    for (String name : credential.fields().stream().sorted().toList()) {
      Optional<SecretValue> value = fields.field(name);
      if (value.isEmpty()) {
        return refused(
            Problem.CREDENTIAL_FIELD_MISSING, credential, "lacks the field '" + name + "'");
      }
      if (!name.equals(Credential.USERNAME) && value.get().length() < SHORTEST) {
        return refused(
            Problem.CREDENTIAL_INVALID,
            credential,
            "has fewer than " + SHORTEST + " bytes in '" + name + "'");
      }
      boolean printable =
          value.get().<Boolean>lend(bytes -> isPrintable(bytes, credential.lines()));
      if (!printable) {
        return refused(
            Problem.CREDENTIAL_INVALID,
            credential,
            "has a line break or another byte that is not printable ASCII in '" + name + "'");
      }
    }
    return Optional.empty();
  }

  /** Printable ASCII without a space at either end, which headers would lose (RFC 9110 §5.5). */
  private static boolean isPrintable(byte[] bytes, boolean lines) {
    for (byte each : bytes) {
      boolean ends = each == '\n' || each == '\r';
      if ((each < ' ' || each > '~') && !(lines && ends)) {
        return false;
      }
    }
    return bytes.length > 0 && bytes[0] != ' ' && bytes[bytes.length - 1] != ' ';
  }

  private static Optional<Refused> refused(Problem problem, Credential credential, String what) {
    String detail = "what the store gave for credential '" + credential.name() + "' " + what;
    return Optional.of(new Refused(problem, detail, Optional.empty()));
  }
}
