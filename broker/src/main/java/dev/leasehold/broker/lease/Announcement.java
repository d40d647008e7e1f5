package dev.leasehold.broker.lease;

import dev.leasehold.broker.lease.JournalRecord.ReadIntent;
import dev.leasehold.broker.lease.JournalRecord.TaskIntent;
import dev.leasehold.broker.lease.JournalRecord.TokenMade;
import dev.leasehold.broker.secret.SecretStoreException;
import dev.leasehold.broker.secret.TaskToken;
import dev.leasehold.broker.secret.TaskTokenRequest;
import dev.leasehold.broker.task.Task;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionException;

/**
 * What comes before a read: the journal says what is about to be made, and the task gets a token if
 * it has none. Nothing is made that the journal does not know of.
 */
final class Announcement {
  /** A task's token outlives its deadline so that nothing dies in the middle of an orderly end. */
  private static final Duration TOKEN_GRACE = Duration.ofSeconds(60);

  private final Surroundings around;
  private final LeaseLives lives;
  private final Set<String> lostGenerations;
  private final TaskHoldings holdings;
  private final Task task;
  private final Credential credential;
  private final Set<String> credentialsOfTask;

  /**
   * @param credentialsOfTask all that the task's token must be able to read, this one or others
   */
  Announcement(
      Leases leases, TaskHoldings holdings, Credential credential, Set<String> credentialsOfTask) {
    this.around = leases.around();
    this.lives = leases.lives();
    this.lostGenerations = leases.lostGenerations();
    this.holdings = holdings;
    this.task = holdings.task();
    this.credential = credential;
    this.credentialsOfTask = credentialsOfTask;
  }

  /**
   * Announces the read of that number. The first one of a task makes its token; both are announced
   * in one write. Blocks.
   *
   * @return the task's token
   */
  TaskToken of(long read) throws SecretStoreException, JournalException {
    ReadIntent intent =
        new ReadIntent(
            task.id(),
            read,
            credential.name(),
            credential.revocability(),
            around.wall().instant().plus(lives.longest(credential)));
    TaskHoldings.TokenClaim claim = holdings.claimToken();
    if (claim.mine()) {
      makeToken(intent);
    } else {
      around.journal().write(intent);
    }
    try {
      return claim.token().join();
    } catch (CompletionException failure) {
      switch (failure.getCause()) {
        case SecretStoreException known -> throw known;
        case JournalException known -> throw known;
        case null, default -> throw failure;
      }
    }
  }

  private void makeToken(ReadIntent intent) {
    Duration life = Duration.ofNanos(task.deadlineNanos() - around.now()).plus(TOKEN_GRACE);
    try {
      around
          .journal()
          .write(
              new TaskIntent(task.id(), task.kind().name(), around.wall().instant().plus(life)),
              intent);
      TaskToken token =
          around
              .store()
              .openTaskToken(
                  new TaskTokenRequest(
                      task.kind().vaultRole(),
                      credentialsOfTask,
                      life,
                      task.id().text().replace('_', '-'),
                      Map.of(
                          "task", task.id().text(),
                          "kind", task.kind().name(),
                          "agent", task.agent())));
      // The write of what is read with it waits for this one too.
      around.journal().note(new TokenMade(task.id(), token.accessor(), token.generation()));
      holdings.tokenMade(token);
      if (lostGenerations.contains(token.generation())) {
        holdings.revokeTask("the login that the task's token came from is lost");
      }
    } catch (SecretStoreException | JournalException | RuntimeException failure) {
      holdings.tokenFailed(failure);
    }
  }
}
