package dev.leasehold.broker.secret;

import java.time.Duration;
import java.util.Map;
import java.util.Set;

/**
 * What a task's token shall be.
 *
 * @param role the token role of the task's kind
 * @param credentials names of the credentials that this (narrowed) task may read; one policy each
 * @param life deadline + 60 s; not renewable
 * @param displayName flows into user names that engines make
 * @param metadata task, kind, agent: shown in the store's audit log
 */
public record TaskTokenRequest(
    String role,
    Set<String> credentials,
    Duration life,
    String displayName,
    Map<String, String> metadata) {
  public TaskTokenRequest {
    credentials = Set.copyOf(credentials);
    metadata = Map.copyOf(metadata);
  }
}
