package dev.leasehold.broker.approval;

import java.net.URI;
import java.nio.file.Path;
import java.util.Set;

/**
 * {@code approvals.webhook}: a program that is told of every question and may answer it.
 *
 * @param key the file of the secret that both sides sign with
 * @param groups the groups that it answers for
 */
public record WebhookConfig(URI url, Path key, Set<String> groups) {
  public WebhookConfig {
    groups = Set.copyOf(groups);
  }
}
