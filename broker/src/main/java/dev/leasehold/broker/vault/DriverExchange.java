package dev.leasehold.broker.vault;

import java.io.IOException;
import java.net.Authenticator;
import java.net.CookieHandler;
import java.net.ProxySelector;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;

/**
 * The HTTP client that one call of the driver is given. It adds what the driver has no word for: a
 * bound on the whole exchange (the JDK's own timeout ends with the head of the answer), a bound on
 * the size of the answer, and the header that says when to come back.
 */
final class DriverExchange extends HttpClient {
  private static final long LARGEST_ANSWER = 8L << 20;
  private static final Duration LONGEST_WAIT = Duration.ofHours(1);

  private final HttpClient client;
  private final Duration timeout;
  private Optional<Duration> retryAfter = Optional.empty();

  DriverExchange(HttpClient client, Duration timeout) {
    this.client = client;
    this.timeout = timeout;
  }

  /** {@code Retry-After} of the last answer, in seconds (RFC 9110 §10.2.3); a date is ignored. */
  Optional<Duration> retryAfter() {
    return retryAfter;
  }

  @Override
  public <T> HttpResponse<T> send(HttpRequest request, HttpResponse.BodyHandler<T> handler)
      throws IOException, InterruptedException {
    CompletableFuture<HttpResponse<T>> pending = sendAsync(request, handler);
    try {
      HttpResponse<T> response = pending.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
      retryAfter =
          response.headers().firstValue("Retry-After").flatMap(DriverExchange::parseSeconds);
      return response;
    } catch (TimeoutException late) {
      throw new HttpTimeoutException("no whole answer within " + timeout);
    } catch (ExecutionException failed) {
      throw failed.getCause() instanceof IOException io ? io : new IOException(failed.getCause());
    } finally {
      pending.cancel(true); // ends an exchange that is still under way; else does nothing
    }
  }

  static Optional<Duration> parseSeconds(String value) {
    if (!value.matches("[0-9]{1,9}")) {
      return Optional.empty();
    }
    Duration wait = Duration.ofSeconds(Long.parseLong(value));
    return Optional.of(wait.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wait);
  }

  @Override
  public <T> CompletableFuture<HttpResponse<T>> sendAsync(
      HttpRequest request, HttpResponse.BodyHandler<T> handler) {
    return client.sendAsync(request, HttpResponse.BodyHandlers.limiting(handler, LARGEST_ANSWER));
  }

  @Override
  public <T> CompletableFuture<HttpResponse<T>> sendAsync(
      HttpRequest request,
      HttpResponse.BodyHandler<T> handler,
      HttpResponse.PushPromiseHandler<T> pushed) {
    return sendAsync(request, handler);
  }

  @Override
  public Optional<CookieHandler> cookieHandler() {
    return client.cookieHandler();
  }

  @Override
  public Optional<Duration> connectTimeout() {
    return client.connectTimeout();
  }

  @Override
  public Redirect followRedirects() {
    return client.followRedirects();
  }

  @Override
  public Optional<ProxySelector> proxy() {
    return client.proxy();
  }

  @Override
  public SSLContext sslContext() {
    return client.sslContext();
  }

  @Override
  public SSLParameters sslParameters() {
    return client.sslParameters();
  }

  @Override
  public Optional<Authenticator> authenticator() {
    return client.authenticator();
  }

  @Override
  public Version version() {
    return client.version();
  }

  @Override
  public Optional<Executor> executor() {
    return client.executor();
  }
}
