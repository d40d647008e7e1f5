package dev.leasehold.broker.config.keys;

import dev.leasehold.broker.config.form.Key;
import dev.leasehold.broker.config.form.Located;
import dev.leasehold.broker.config.form.Named;
import dev.leasehold.broker.config.form.Scalar;
import dev.leasehold.broker.config.form.Scalars;
import dev.leasehold.broker.config.form.Section;
import dev.leasehold.broker.secret.Revocability;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.SequencedMap;
import java.util.regex.Pattern;

/** One entry of {@code credentials:} */
public final class CredentialKeys {
  public static final Key<String> READ =
      Key.optional("read", Values.VAULT_PATH, "The path that is read.");
  public static final Key<String> WRITE =
      Key.optional(
          "write", Values.VAULT_PATH, "The path that is written, where reading makes none.");
  public static final Key<SequencedMap<String, Located<String>>> DATA =
      Key.optional(
          "data",
          Named.of(
              "field",
              Pattern.compile("[A-Za-z0-9_-]{1,64}"),
              Scalars.line("text of one line; no secret")),
          "What is written; goes with write only.");

  public static final Key<String> REASON =
      Key.required(
          "reason", Scalars.line("text of one line"), "Why no leased credential is possible.");
  public static final Key<Instant> UNTIL =
      Key.required("until", Scalars.time(), "From then on the credential is denied.");

  public static final Key<Section> VAULT =
      Key.required(
          "vault",
          Section.Form.of("where Vault gives it", READ, WRITE, DATA).exactlyOne(READ, WRITE),
          "Where Vault gives it.");
  public static final Key<Section> INJECT =
      Key.required("inject", InjectKeys.FORM, "How it is put into a call.");
  public static final Key<Duration> TTL =
      Key.defaulted(
          "ttl",
          Scalars.duration(Duration.ofSeconds(5), Duration.ofDays(7)),
          "5m",
          "Longest life between renewals.");
  public static final Key<Revocability> REVOCABILITY =
      Key.required(
          "revocability",
          Scalars.word(List.of(Revocability.values())),
          "hard: proven dead by a synchronous revoke. soft: best effort. ttl-only: lives to its"
              + " expiry. static: no lease at all.");
  public static final Key<String> OWNER =
      Key.required(
          "owner", Scalars.line("a team or person"), "Who answers for it; shown in audit.");
  static final Scalar<String> CLASSIFICATION_WORD =
      Scalars.word(List.of("public", "internal", "confidential", "restricted"), name -> name);
  public static final Key<String> CLASSIFICATION =
      Key.required(
          "classification", CLASSIFICATION_WORD, "How sensitive what it opens is; shown in audit.");
  public static final Key<Section> EXCEPTION =
      Key.optional(
          "exception",
          Section.Form.of("why a static credential is used", REASON, UNTIL),
          "Required with revocability static, and belongs to it only.");
  public static final Key<Section> VERIFY =
      Key.optional(
          "verify", VerifyKeys.FORM, "Asks the target, too, whether an ended credential is gone.");

  static final Section.Form FORM =
      Section.Form.of(
          "a credential",
          VAULT,
          INJECT,
          TTL,
          REVOCABILITY,
          OWNER,
          CLASSIFICATION,
          EXCEPTION,
          VERIFY);

  private CredentialKeys() {}
}
