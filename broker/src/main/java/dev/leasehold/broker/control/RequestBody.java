package dev.leasehold.broker.control;

import dev.leasehold.broker.telemetry.Problem;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;

/** Reads a request's body to its end, unless it is too long or too slow. On the event loop. */
final class RequestBody {
  static final int MAX_BYTES = 64 * 1024;
  static final Duration MAX_TIME = Duration.ofSeconds(10);

  private final Promise<Buffer> whole = Promise.promise();
  private final Buffer buffer = Buffer.buffer();

  private RequestBody() {}

  /** Fails with {@link Refused} when the limit is exceeded; the connection must then be closed. */
  static Future<Buffer> read(Vertx vertx, HttpServerRequest request) {
    RequestBody body = new RequestBody();
    long declared = declared(request);
    if (declared > MAX_BYTES) {
      return Future.failedFuture(tooLong());
    }
    long timer =
        vertx.setTimer(
            MAX_TIME.toMillis(),
            id -> body.whole.tryFail(Refused.invalid("the body did not come in time")));
    request.handler(body::take);
    request.endHandler(end -> body.whole.tryComplete(body.buffer));
    request.exceptionHandler(body.whole::tryFail);
    if (request.headers().contains("Expect", "100-continue", true)) {
      request.response().writeContinue();
    }
    return body.whole.future().onComplete(done -> vertx.cancelTimer(timer));
  }

  private void take(Buffer part) {
    if (buffer.length() + part.length() > MAX_BYTES) {
      whole.tryFail(tooLong());
    } else if (!whole.future().isComplete()) {
      buffer.appendBuffer(part);
    }
  }

  private static long declared(HttpServerRequest request) {
    String length = request.getHeader("Content-Length");
    try {
      return length == null ? 0 : Long.parseLong(length);
    } catch (NumberFormatException huge) {
      return Long.MAX_VALUE;
    }
  }

  private static Refused tooLong() {
    return new Refused(Problem.LIMIT_EXCEEDED, "a body may have " + MAX_BYTES + " bytes at most");
  }
}
