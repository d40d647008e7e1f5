package dev.leasehold.broker.client;

import dev.leasehold.broker.telemetry.JsonBytes;
import java.util.List;
import java.util.Set;

/** The body of {@code POST /v1/tasks}, made from the options of {@code run} and {@code open}. */
final class Opening {
  static final Set<String> OPTIONS =
      Set.of(
          "--task",
          "--purpose",
          "--ttl",
          "--destination",
          "--endpoint",
          "--label",
          "--on-behalf-of");

  private Opening() {}

  static byte[] body(Options options, List<String> endpoints, boolean hold) throws ClientFailure {
    JsonBytes json = new JsonBytes(512);
    json.beginObject();
    json.name("kind").text(options.required("--task"));
    json.name("purpose").text(options.required("--purpose"));
    text(json, "ttl", options.one("--ttl").orElse(""));
    text(json, "on_behalf_of", options.one("--on-behalf-of").orElse(""));
    names(json, "destinations", options.all("--destination"));
    names(json, "endpoints", endpoints);
    labels(json, options.all("--label"));
    if (hold) {
      json.name("hold").bool(true);
    }
    return json.endObject().toByteArray();
  }

  private static void text(JsonBytes json, String name, String value) {
    if (!value.isEmpty()) {
      json.name(name).text(value);
    }
  }

  private static void names(JsonBytes json, String name, List<String> values) {
    if (!values.isEmpty()) {
      json.name(name).beginArray();
      values.forEach(json::text);
      json.endArray();
    }
  }

  private static void labels(JsonBytes json, List<String> labels) throws ClientFailure {
    if (labels.isEmpty()) {
      return;
    }
    json.name("labels").beginObject();
    for (String label : labels) {
      int equals = label.indexOf('=');
      if (equals < 1) {
        throw ClientFailure.usage("--label is NAME=VALUE");
      }
      json.name(label.substring(0, equals)).text(label.substring(equals + 1));
    }
    json.endObject();
  }
}
