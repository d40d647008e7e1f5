package dev.leasehold.broker.redact;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.leasehold.broker.lease.Lease;
import dev.leasehold.broker.lease.LeaseUse;
import dev.leasehold.broker.lease.SampleLease;
import dev.leasehold.broker.redact.Answers.Passed;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Whose secrets are searched for, how long they are kept for that, and that they are wiped. */
final class TaskRedactionTest {
  private static final String OLD = "old-secret-of-the-task";
  private static final String NEW = "new-secret-of-the-task";

  private static String stars(String secret) {
    return "*".repeat(secret.length());
  }

  @Test
  void patternsAreMadeOnceForAllCalls() {
    // Given
    Answers answers = Answers.of(OLD);
    PatternSet first = answers.task.patterns();

    // When
    try (Redaction one = answers.task.begin(null);
        Redaction other = answers.task.begin(null)) {
      one.takeFound();
      other.takeFound();

      // Then
      assertSame(first, answers.task.patterns());
    }
    assertSame(first, answers.task.patterns());
    assertFalse(first.isWiped());
  }

  @Test
  void patternsAreWipedWithTheLastLeaseWhenNoCallRuns() {
    // Given
    Answers answers = new Answers();
    Lease lease = answers.lease(OLD);
    PatternSet patterns = answers.task.patterns();

    // When
    SampleLease.end(lease);

    // Then
    assertTrue(patterns.isWiped());
    assertTrue(answers.task.patterns().isEmpty());
  }

  @Test
  void secretOfAnEndedLeaseIsMaskedUntilTheLastCallHasDrained() {
    // Given
    Answers answers = new Answers();
    Lease lease = answers.lease(OLD);
    PatternSet patterns = answers.task.patterns();
    Redaction one = answers.task.begin(null);
    Redaction other = answers.task.begin(null);

    // When
    SampleLease.end(lease);
    one.close();
    one.close();

    // Then
    assertFalse(patterns.isWiped());
    assertEquals("x" + stars(OLD), Answers.text(new Passed(other).piece("x" + OLD).end()));
    other.close();
    assertTrue(patterns.isWiped());
  }

  @Test
  void callThatStreamsLearnsOfASecretThatComes() {
    // Given
    Answers answers = new Answers();
    Lease old = answers.lease(OLD);
    PatternSet first = answers.task.patterns();
    Redaction redaction = answers.task.begin(null);
    Passed passed = new Passed(redaction);

    // When
    passed.piece("1 " + OLD + " " + NEW + OLD.substring(0, 5));
    SampleLease.end(old);
    answers.lease(NEW);
    passed.piece(OLD.substring(5) + " 2 " + OLD + " " + NEW);

    // Then
    assertEquals(
        "1 " + stars(OLD) + " " + NEW + stars(OLD) + " 2 " + stars(OLD) + " " + stars(NEW),
        Answers.text(passed.end()));
    assertTrue(first.isWiped(), "the call has a set of its own now");
    redaction.close();
  }

  @Test
  void callThatBeganWithoutASecretLearnsOfOne() {
    // Given
    Answers answers = new Answers();
    try (Redaction redaction = answers.task.begin(null)) {
      Passed passed = new Passed(redaction);

      // When
      passed.piece("1 " + NEW);
      answers.lease(NEW);
      passed.piece(" 2 " + NEW);

      // Then
      assertEquals("1 " + NEW + " 2 " + stars(NEW), Answers.text(passed.end()));
    }
  }

  @Test
  void callsOwnSecretIsMaskedAlthoughItsLeaseEndedBeforeTheAnswer() {
    // Given
    Answers answers = Answers.of(NEW);
    Lease lease = answers.lease(OLD);
    LeaseUse own = Objects.requireNonNull(SampleLease.use(lease));
    SampleLease.end(lease);

    // When
    String out;
    try (Redaction redaction = answers.task.begin(own)) {
      out = Answers.text(new Passed(redaction).piece(OLD + " " + NEW).end());
    }
    own.close();

    // Then
    assertEquals(stars(OLD) + " " + stars(NEW), out);
    assertEquals(OLD, answers.whole(OLD));
  }

  @Test
  void allSecretsOfTheTaskAreMaskedInEveryCall() {
    // When
    String out = Answers.of(OLD, NEW).whole(OLD + " and " + NEW);

    // Then
    assertEquals(stars(OLD) + " and " + stars(NEW), out);
  }

  @Test
  void changeOfTheRulesHasPatternsMadeAnew() {
    // Given
    Answers answers = Answers.of(OLD);
    PatternSet first = answers.task.patterns();

    // When
    answers.task.changed();

    // Then
    assertTrue(first.isWiped());
    assertNotSame(first, answers.task.patterns());
    assertEquals(stars(OLD), answers.whole(OLD));
  }

  /** Whatever comes and goes meanwhile, a call masks the secret that it holds itself. */
  @Test
  void leasesMayComeAndGoWhileCallsRun() throws Exception {
    // Given
    Answers answers = new Answers();
    AtomicBoolean over = new AtomicBoolean();
    List<Future<Integer>> callers = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(3)) {
      for (int i = 0; i < 2; i++) {
        String secret = "secret-of-caller-" + i;
        callers.add(
            threads.submit(
                () -> {
                  int calls = 0;
                  while (!over.get() || calls < 200) {
                    Lease lease = answers.lease(secret);
                    LeaseUse own = Objects.requireNonNull(SampleLease.use(lease));
                    try (Redaction redaction = answers.task.begin(own)) {
                      Passed passed = new Passed(redaction);
                      passed.piece(secret.substring(0, 9));
                      SampleLease.end(lease);
                      passed.piece(secret.substring(9));
                      assertEquals(stars(secret), Answers.text(passed.end()));
                    }
                    own.close();
                    calls++;
                  }
                  return calls;
                }));
      }
      // When
      for (int i = 0; i < 500; i++) {
        SampleLease.end(answers.lease("another-secret-" + i));
      }
      over.set(true);

      // Then
      for (Future<Integer> caller : callers) {
        assertTrue(caller.get() >= 200);
      }
    }
    assertTrue(answers.task.patterns().isEmpty());
  }
}
