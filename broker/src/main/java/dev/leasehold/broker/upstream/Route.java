package dev.leasehold.broker.upstream;

import dev.leasehold.broker.destination.Destination;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What connections may be shared by: one task's calls to one destination with one version of its
 * credential. Tasks and destinations are told apart by identity, so that a connection made under
 * older rules is never used under newer ones.
 *
 * @param task any object that stands for the task
 * @param leaseVersion 0 without a credential
 * @param svid what the connection shows of the sidecar; null for nothing
 */
record Route(
    Object task, Destination destination, long leaseVersion, @Nullable ClientCertificate svid) {
  @Override
  @SuppressWarnings("ReferenceEquality") // identity is what is meant
  public boolean equals(Object other) {
    return other instanceof Route that
        && task == that.task
        && destination == that.destination
        && leaseVersion == that.leaseVersion
        && Objects.equals(svid, that.svid);
  }

  @Override
  public int hashCode() {
    return (System.identityHashCode(task) * 31 + System.identityHashCode(destination)) * 31
        + Long.hashCode(leaseVersion);
  }
}
