package dev.leasehold.broker.vault;

import dev.leasehold.broker.secret.IssuedSecret;
import dev.leasehold.broker.secret.SecretFields;
import dev.leasehold.broker.secret.SecretStoreException;
import dev.leasehold.broker.secret.SecretStoreException.Kind;
import dev.leasehold.broker.secret.SecretValue;
import io.github.jopenlibs.vault.json.JsonObject;
import io.github.jopenlibs.vault.json.JsonValue;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Takes a secret out of Vault's answer into places that can be wiped. */
final class SecretAnswer {
  private SecretAnswer() {}

  static IssuedSecret issued(VaultRequest request, VaultAnswer answer) throws SecretStoreException {
    JsonObject data =
        answer
            .object("data")
            .map(SecretAnswer::unwrapped)
            .orElseThrow(
                () ->
                    new SecretStoreException(
                        Kind.INVALID, "Vault's answer to " + request + " has no data"));
    Map<String, SecretValue> fields = new HashMap<>();
    for (JsonObject.Member member : data) {
      JsonValue value = member.getValue();
      if (!value.isNull()) {
        String text = value.isString() ? value.asString() : value.toString();
        fields.put(
            member.getName(), SecretValue.takeOwnershipOf(text.getBytes(StandardCharsets.UTF_8)));
      }
    }
    return new IssuedSecret(
        new SecretFields(fields),
        answer.string("lease_id").filter(id -> !id.isEmpty()),
        answer.seconds("lease_duration"),
        answer.flag("renewable"),
        answer.string("request_id").orElse(""));
  }

  /** KV version 2 puts the fields one level deeper, beside their metadata. */
  private static JsonObject unwrapped(JsonObject data) {
    Optional<JsonObject> inner = object(data, "data");
    return object(data, "metadata").isPresent() ? inner.orElse(data) : data;
  }

  private static Optional<JsonObject> object(JsonObject parent, String name) {
    JsonValue value = parent.get(name);
    return value != null && value.isObject() ? Optional.of(value.asObject()) : Optional.empty();
  }
}
