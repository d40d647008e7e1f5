package dev.leasehold.broker.http;

import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import java.net.URI;
import java.time.Duration;
import java.util.Map;

/**
 * One POST of JSON to a program of the operator's, whose answer is never believed to be short. No
 * redirect is followed.
 *
 * @param connect how long a connection may take
 * @param idle how long the answer may be silent
 * @param most bytes of the answer's body
 */
public record JsonPost(URI url, Duration connect, Duration idle, int most) {

  /** The body is empty where the status is not 200. */
  public record Answer(int status, MultiMap headers, Buffer body) {}

  /** The answer has more bytes than it may. */
  public static final class TooLong extends RuntimeException {
    private static final long serialVersionUID = 1;

    TooLong() {
      super("the answer is too long", null, false, false);
    }
  }

  /**
   * @return fails with {@link TooLong}, or with what broke the connection
   */
  public Future<Answer> send(HttpClient client, Buffer json, Map<String, String> headers) {
    RequestOptions options =
        new RequestOptions()
            .setMethod(HttpMethod.POST)
            .setAbsoluteURI(url.toString())
            .setFollowRedirects(false)
            .setConnectTimeout(connect.toMillis())
            .setIdleTimeout(idle.toMillis())
            .putHeader("Content-Type", "application/json")
            .putHeader("Accept", "application/json");
    headers.forEach(options::putHeader);
    // The body is awaited within: a step further out may run on another thread, after its end.
    return client.request(options).compose(request -> request.send(json).compose(this::read));
  }

  private Future<Answer> read(HttpClientResponse response) {
    if (response.statusCode() != 200) {
      response.request().reset();
      return Future.succeededFuture(
          new Answer(response.statusCode(), response.headers(), Buffer.buffer()));
    }
    Promise<Answer> answer = Promise.promise();
    Buffer body = Buffer.buffer();
    response.handler(
        piece -> {
          if (body.length() + piece.length() > most) {
            answer.tryFail(new TooLong());
            response.request().reset();
          } else {
            body.appendBuffer(piece);
          }
        });
    response.exceptionHandler(answer::tryFail);
    response.endHandler(end -> answer.tryComplete(new Answer(200, response.headers(), body)));
    return answer.future();
  }
}
