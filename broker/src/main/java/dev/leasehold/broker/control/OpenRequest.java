package dev.leasehold.broker.control;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The body of {@code POST /v1/tasks}, checked in form. It says nothing about who asks.
 *
 * @param endpoints names of destinations, or {@code proxy}
 * @param hold whether the task ends when the connection closes
 * @param grant what a task beside another sidecar leaves to this one
 */
record OpenRequest(
    String kind,
    String purpose,
    Optional<Duration> ttl,
    Optional<List<String>> destinations,
    Map<String, String> labels,
    Optional<String> onBehalfOf,
    List<String> endpoints,
    boolean hold,
    Optional<String> grant) {
  static final int MAX_PURPOSE = 1024;
  static final int MAX_NAME = 128;
  static final int MAX_NAMES = 100;
  static final int MAX_GRANT = 32 * 1024;
  static final int MAX_LABELS = 16;
  static final int MAX_LABEL = 256;

  static final Set<String> FIELDS =
      Set.of(
          "kind",
          "purpose",
          "ttl",
          "destinations",
          "labels",
          "on_behalf_of",
          "endpoints",
          "hold",
          "grant");

  static OpenRequest parse(byte[] body) {
    Fields fields = new Fields(JsonReader.read(body), FIELDS);
    return new OpenRequest(
        fields.requiredText("kind", MAX_NAME),
        fields.requiredText("purpose", MAX_PURPOSE),
        fields.text("ttl", MAX_NAME).map(OpenRequest::ttl),
        fields.names("destinations", MAX_NAMES, MAX_NAME),
        fields.labels("labels", MAX_LABELS, MAX_LABEL),
        fields.text("on_behalf_of", MAX_LABEL),
        fields.names("endpoints", MAX_NAMES, MAX_NAME).orElse(List.of()),
        fields.bool("hold"),
        fields.text("grant", MAX_GRANT));
  }

  static Duration ttl(String text) {
    Duration ttl =
        Texts.duration(text)
            .orElseThrow(() -> Refused.invalid("'ttl' must be a duration, such as 90s or 10m"));
    if (ttl.compareTo(Duration.ofSeconds(1)) < 0) {
      throw Refused.invalid("'ttl' must be at least 1s");
    }
    return ttl;
  }
}
