package dev.leasehold.broker.engine;

import dev.leasehold.broker.policy.Obligations;
import dev.leasehold.broker.policy.Opinion;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What the answers of all engines have in common: they are never believed to be well formed. */
final class Answers {
  /** What may go on into a denial, the audit log and a metric's neighbour. */
  private static final Pattern WORD = Pattern.compile("[A-Za-z0-9._:-]{1,64}");

  private Answers() {}

  static Opinion read(Buffer answer, Function<JsonObject, Opinion> reader) {
    try {
      return reader.apply(new JsonObject(answer));
    } catch (DecodeException | ClassCastException nonsense) {
      return new Opinion.Failed("its answer makes no sense");
    }
  }

  /** Empty where it is no plain word: an engine's text is never passed on as it is. */
  static String word(@Nullable Object value) {
    return value instanceof String text && WORD.matcher(text).matches() ? text : "";
  }

  /** What an engine wants to be done besides; empty where nobody here knows how. */
  private static Optional<Obligations> obligations(@Nullable Object wanted) {
    return switch (wanted) {
      case null -> Optional.of(Obligations.NONE);
      case JsonArray list when list.stream().allMatch(String.class::isInstance) ->
          Obligations.parse(list.stream().map(String.class::cast).toList());
      default -> Optional.empty();
    };
  }

  /** As the metrics call it. */
  static String outcome(Opinion opinion) {
    return switch (opinion) {
      case Opinion.Allows allows -> "allow";
      case Opinion.Denies denies -> "deny";
      case Opinion.Failed failed -> "failed";
    };
  }

  static Opinion of(boolean allows, String id, String reason, @Nullable Object obligations) {
    return allows ? allows(id, obligations(obligations)) : new Opinion.Denies(id, reason);
  }

  /** A yes with an "if" that cannot be met is a no. */
  static Opinion allows(String id, Optional<Obligations> obligations) {
    return obligations
        .<Opinion>map(known -> new Opinion.Allows(id, known))
        .orElseGet(() -> new Opinion.Denies(id, "unknown-obligation"));
  }
}
