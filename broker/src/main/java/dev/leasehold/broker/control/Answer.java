package dev.leasehold.broker.control;

import dev.leasehold.broker.telemetry.JsonBytes;
import dev.leasehold.broker.telemetry.Problem;
import java.util.Arrays;
import java.util.Map;

/**
 * What a call of the API answers: status, further headers, body. May hold a task's token, so it is
 * never printed.
 */
final class Answer {
  private static final String JSON = "application/json";

  private final int status;
  private final String mediaType;
  private final Map<String, String> headers;
  private final byte[] body;

  private Answer(int status, String mediaType, Map<String, String> headers, byte[] body) {
    this.status = status;
    this.mediaType = mediaType;
    this.headers = headers;
    this.body = body;
  }

  static Answer json(int status, JsonBytes json) {
    return json(status, Map.of(), json.toByteArray());
  }

  static Answer json(int status, Map<String, String> headers, byte[] body) {
    return new Answer(status, JSON, headers, body);
  }

  static Answer problem(Refused refused, byte[] body) {
    Problem problem = refused.problem();
    Map<String, String> headers =
        problem == Problem.UNAUTHORIZED
            ? Map.of("WWW-Authenticate", "Bearer realm=\"leasehold\"")
            : problem.mayRetry() ? Map.of("Retry-After", "1") : Map.of();
    return new Answer(refused.status(), Problem.MEDIA_TYPE, headers, body);
  }

  static Answer internalError(byte[] body) {
    return new Answer(500, Problem.MEDIA_TYPE, Map.of(), body);
  }

  /** The same answer with a body of its own, so that the original may be wiped. */
  Answer copy() {
    return new Answer(status, mediaType, headers, body.clone());
  }

  /** Overwrites the body, which may hold a token. */
  void wipe() {
    Arrays.fill(body, (byte) 0);
  }

  int status() {
    return status;
  }

  String mediaType() {
    return mediaType;
  }

  Map<String, String> headers() {
    return headers;
  }

  byte[] body() {
    return body;
  }

  @Override
  public String toString() {
    return "Answer[" + status + "]";
  }
}
