package dev.leasehold.broker.secret;

import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The named fields of one answer of the store (KV version 2 already unwrapped). */
public final class SecretFields {
  private final Map<String, SecretValue> fields;

  public SecretFields(Map<String, SecretValue> fields) {
    this.fields = Map.copyOf(fields);
  }

  public Optional<SecretValue> field(String name) {
    return Optional.ofNullable(fields.get(name));
  }

  public Set<String> names() {
    return fields.keySet();
  }

  /** Wipes every field; idempotent. */
  public void destroy() {
    fields.values().forEach(SecretValue::destroy);
  }

  @Override
  public String toString() {
    return "SecretFields" + fields.keySet();
  }
}
