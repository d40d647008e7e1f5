package dev.leasehold.broker.control;

import dev.leasehold.broker.task.Signal;

/**
 * Which CloudEvents end a task.
 *
 * @param type the event's {@code type}, compared exactly
 * @param task an RFC 6901 JSON pointer to the task's id, into the event in its structured form,
 *     e.g. {@code /subject} or {@code /data/task}
 * @param signal {@code completed}, {@code failed} or {@code cancelled}
 */
public record EventMapping(String type, String task, Signal signal) {
  public EventMapping {
    if (type.isEmpty()) {
      throw new IllegalArgumentException("type must not be empty");
    }
    if (!task.startsWith("/")) {
      throw new IllegalArgumentException("task must be a JSON pointer, e.g. /subject");
    }
    switch (signal) {
      case COMPLETED, FAILED, CANCELLED -> {}
      case DEADLINE, IDLE, CLOSED, EXITED, SHUTDOWN, REVOKED, PARENT ->
          throw new IllegalArgumentException("signal must be completed, failed or cancelled");
    }
  }
}
