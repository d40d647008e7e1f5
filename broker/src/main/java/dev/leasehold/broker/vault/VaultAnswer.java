package dev.leasehold.broker.vault;

import io.github.jopenlibs.vault.json.Json;
import io.github.jopenlibs.vault.json.JsonObject;
import io.github.jopenlibs.vault.json.JsonValue;
import io.github.jopenlibs.vault.json.ParseException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What Vault answered, whatever the status. May hold secrets; never printed. */
final class VaultAnswer {
  private static final Pattern WRAPPED =
      Pattern.compile("1 error occurred:\\s*\\*\\s*(.*?)\\s*", Pattern.DOTALL);
  private static final int LONGEST_ERROR = 300;

  private final int status;
  private final JsonObject body;
  private final Optional<Duration> retryAfter;

  private VaultAnswer(int status, JsonObject body, Optional<Duration> retryAfter) {
    this.status = status;
    this.body = body;
    this.retryAfter = retryAfter;
  }

  /**
   * Reads an answer. The body of a failure may be anything, a proxy's page for instance; that of a
   * success must be a JSON object or nothing.
   *
   * @throws ParseException when a success is not readable
   */
  static VaultAnswer parse(int status, byte[] body, Optional<Duration> retryAfter) {
    JsonObject object = new JsonObject();
    if (body.length > 0) {
      try {
        JsonValue value = Json.parse(new String(body, StandardCharsets.UTF_8));
        if (value.isObject()) {
          object = value.asObject();
        } else if (isSuccess(status)) {
          throw new UnsupportedOperationException("not an object");
        }
      } catch (ParseException unreadable) {
        if (isSuccess(status)) {
          throw unreadable;
        }
      }
    }
    return new VaultAnswer(status, object, retryAfter);
  }

  private static boolean isSuccess(int status) {
    return status >= 200 && status < 300;
  }

  boolean isSuccess() {
    return isSuccess(status);
  }

  int status() {
    return status;
  }

  Optional<Duration> retryAfter() {
    return retryAfter;
  }

  /** Vault's own words for a failure, freed from the list that some versions wrap them in. */
  List<String> errors() {
    return strings("errors").stream().map(VaultAnswer::unwrap).toList();
  }

  List<String> warnings() {
    return strings("warnings");
  }

  /** True when Vault gave exactly this one reason. */
  boolean failedWith(int expectedStatus, String reason) {
    return status == expectedStatus && errors().equals(List.of(reason));
  }

  /** The reasons on one line, cut, for a message. */
  String reason() {
    String all = String.join("; ", errors()).replaceAll("\\p{Cntrl}+", " ").strip();
    return all.length() <= LONGEST_ERROR ? all : all.substring(0, LONGEST_ERROR) + "…";
  }

  Optional<JsonObject> object(String name) {
    JsonValue value = body.get(name);
    return value != null && value.isObject() ? Optional.of(value.asObject()) : Optional.empty();
  }

  Optional<String> string(String name) {
    JsonValue value = body.get(name);
    return value != null && value.isString() ? Optional.of(value.asString()) : Optional.empty();
  }

  Duration seconds(String name) {
    return seconds(body, name);
  }

  boolean flag(String name) {
    JsonValue value = body.get(name);
    return value != null && value.isTrue();
  }

  static Duration seconds(JsonObject object, String name) {
    JsonValue value = object.get(name);
    return value != null && value.isNumber() ? Duration.ofSeconds(value.asLong()) : Duration.ZERO;
  }

  static List<String> strings(JsonObject object, String name) {
    JsonValue value = object.get(name);
    List<String> strings = new ArrayList<>();
    if (value != null && value.isArray()) {
      for (JsonValue element : value.asArray()) {
        strings.add(element.isString() ? element.asString() : element.toString());
      }
    }
    return strings;
  }

  private List<String> strings(String name) {
    return strings(body, name);
  }

  private static String unwrap(String error) {
    Matcher wrapped = WRAPPED.matcher(error);
    return wrapped.matches() ? wrapped.group(1) : error.strip();
  }

  @Override
  public String toString() {
    return "VaultAnswer[" + status + "]";
  }
}
