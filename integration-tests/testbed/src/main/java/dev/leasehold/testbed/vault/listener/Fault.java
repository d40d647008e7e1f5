package dev.leasehold.testbed.vault.listener;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/** One way in which a request is not served as it should be. */
public sealed interface Fault {

  /** An error answer, without any work done. */
  record Answer(int status, Map<String, String> headers, List<String> errors) implements Fault {
    public Answer {
      headers = Map.copyOf(headers);
      errors = List.copyOf(errors);
    }
  }

  /** The work is done and answered, but only after a wait before the work. */
  record Slow(Duration by) implements Fault {}

  /** The work is done; half of the answer is sent, then the connection is closed. */
  record CutAnswer() implements Fault {}

  /** The work is done; the connection is closed without a byte of an answer. */
  record LoseAnswer() implements Fault {}

  /** Nothing is done and nothing is answered until the listener stops. */
  record NeverAnswer() implements Fault {}

  /** The work is done, its answer is sent only when the latch is released. */
  record HoldAnswer(java.util.concurrent.CountDownLatch release) implements Fault {}
}
