package dev.leasehold.broker.control;

import dev.leasehold.broker.task.Task;
import io.vertx.core.buffer.Buffer;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * One call of the API, read to its end, whose caller is known. Used on one virtual thread.
 *
 * @param pathParameter what stands for {@code {id}} in the path; empty where there is none
 * @param headers lower-case names; only the first value of each
 * @param control how the caller reaches this listener, as {@code LEASEHOLD_CONTROL} has it
 * @param connection the caller's
 * @param connectionStays whether the connection outlives the answer
 */
record ApiCall(
    Principal principal,
    String pathParameter,
    Map<String, String> query,
    Map<String, String> headers,
    Buffer content,
    String control,
    CallerConnection connection,
    boolean connectionStays,
    Undelivered undelivered) {
  /** What to do when the answer cannot be written. */
  static final class Undelivered {
    private volatile Runnable action = () -> {};

    void run() {
      action.run();
    }
  }

  byte[] body() {
    return content.getBytes();
  }

  Optional<String> header(String name) {
    return Optional.ofNullable(headers.get(name.toLowerCase(Locale.ROOT)));
  }

  /** Without parameters, lower case; empty when the request names none. */
  String mediaType() {
    return mediaType(header("content-type").orElse(""));
  }

  static String mediaType(String contentType) {
    return contentType.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
  }

  void whenUndelivered(Runnable action) {
    undelivered.action = action;
  }

  void requireStayingConnection() {
    if (!connectionStays) {
      throw Refused.invalid("'hold' needs a connection that stays open after the answer");
    }
  }

  /** Ends the task when the caller's connection closes, or at once if it has. */
  void hold(Task task) {
    connection.hold(task);
  }
}
