package dev.leasehold.broker.identity;

import io.spiffe.exception.JwtSvidException;
import io.spiffe.exception.SocketEndpointAddressException;
import io.spiffe.spiffeid.SpiffeId;
import io.spiffe.svid.jwtsvid.JwtSvid;
import io.spiffe.workloadapi.DefaultWorkloadApiClient;
import io.spiffe.workloadapi.Watcher;
import io.spiffe.workloadapi.WorkloadApiClient;
import io.spiffe.workloadapi.X509Context;
import io.spiffe.workloadapi.retry.ExponentialBackoffPolicy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * One connection to the Workload API. It tells a failure instead of hiding it: java-spiffe by
 * itself would retry a withdrawal for ever and say nothing, so it is allowed one immediate try and
 * the rest is {@link Identity}'s.
 */
final class WorkloadApi implements AutoCloseable {
  /** What a connection has to tell. */
  sealed interface Event {
    /** The complete set of what we may be now. */
    record Update(X509Context context) implements Event {}

    /** The stream is over. */
    record Failed(Throwable cause) implements Event {}
  }

  private final WorkloadApiClient client;
  private final ExecutorService executor;

  private WorkloadApi(WorkloadApiClient client, ExecutorService executor) {
    this.client = client;
    this.executor = executor;
  }

  /** Connects and watches; {@code events} is called on threads of this connection. */
  static WorkloadApi watch(URI address, Consumer<Event> events)
      throws SocketEndpointAddressException {
    // The client runs its event loops in here, and they never leave their thread: virtual ones
    // would keep the carriers of all other virtual threads.
    ExecutorService executor =
        Executors.newCachedThreadPool(
            Thread.ofPlatform().daemon().name("workload-api-", 0).factory());
    WorkloadApiClient client = connect(address, executor);
    client.watchX509Context(
        new Watcher<>() {
          @Override
          public void onUpdate(X509Context context) {
            events.accept(new Event.Update(context));
          }

          @Override
          public void onError(Throwable cause) {
            events.accept(new Event.Failed(cause));
          }
        });
    return new WorkloadApi(client, executor);
  }

  private static WorkloadApiClient connect(URI address, ExecutorService executor)
      throws SocketEndpointAddressException {
    try {
      return DefaultWorkloadApiClient.newClient(
          DefaultWorkloadApiClient.ClientOptions.builder()
              .spiffeSocketPath(address.toString())
              .exponentialBackoffPolicy(
                  ExponentialBackoffPolicy.builder()
                      .initialDelay(Duration.ZERO)
                      .maxDelay(Duration.ofSeconds(1))
                      .backoffMultiplier(2)
                      .maxRetries(1)
                      .build())
              .executorService(executor)
              .build());
    } catch (LinkageError missing) {
      throw new IllegalStateException(
          "the native library for Unix sockets cannot be loaded; Java unpacks it into a folder for"
              + " temporary files, which must be writable and not mounted noexec ("
              + missing.getMessage()
              + ")");
    }
  }

  /** A JWT-SVID of {@code spiffeId} for {@code audience}. Blocks; a virtual thread's business. */
  JwtSvid fetchJwtSvid(String spiffeId, String audience, Duration timeout)
      throws IdentityException {
    Future<JwtSvid> answer =
        executor.submit(() -> client.fetchJwtSvid(SpiffeId.parse(spiffeId), audience));
    try {
      return answer.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException late) {
      answer.cancel(true);
      throw new IdentityException("the Workload API did not answer within " + timeout, late);
    } catch (InterruptedException stop) {
      answer.cancel(true);
      Thread.currentThread().interrupt();
      throw new IdentityException("stopped while waiting for a JWT-SVID", stop);
    } catch (ExecutionException failed) {
      Throwable cause = failed.getCause() instanceof JwtSvidException e ? e : failed;
      throw new IdentityException("no JWT-SVID: " + WorkloadFailure.reason(cause), cause);
    }
  }

  /**
   * The SPIFFE ID of a JWT-SVID's subject (SPIFFE_Workload_API.md §6.2.3); empty when the Workload
   * API says that it is not valid for {@code audience}. Blocks; a virtual thread's business.
   */
  Optional<String> validateJwtSvid(String token, String audience, Duration timeout)
      throws IdentityException {
    Future<JwtSvid> answer = executor.submit(() -> client.validateJwtSvid(token, audience));
    try {
      return Optional.of(
          answer.get(timeout.toMillis(), TimeUnit.MILLISECONDS).getSpiffeId().toString());
    } catch (TimeoutException late) {
      answer.cancel(true);
      throw new IdentityException("the Workload API did not answer within " + timeout, late);
    } catch (InterruptedException stop) {
      answer.cancel(true);
      Thread.currentThread().interrupt();
      throw new IdentityException("stopped while a JWT-SVID was being checked", stop);
    } catch (ExecutionException failed) {
      if (WorkloadFailure.isInvalidArgument(failed)) {
        return Optional.empty();
      }
      throw new IdentityException(
          "a JWT-SVID could not be checked: " + WorkloadFailure.reason(failed), failed);
    }
  }

  @Override
  public void close() {
    try {
      client.close();
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    } finally {
      executor.shutdown();
    }
  }
}
