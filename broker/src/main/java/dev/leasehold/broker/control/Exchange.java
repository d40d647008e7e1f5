package dev.leasehold.broker.control;

import dev.leasehold.broker.telemetry.Problem;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One request and its answer: browsers are kept out, the caller is recognised, the call is found,
 * its body is read (all that on the event loop), then it is answered on a virtual thread.
 */
final class Exchange {
  private static final Logger LOG = LoggerFactory.getLogger(Exchange.class);
  private static final byte[] INTERNAL_ERROR =
      "{\"type\":\"about:blank\",\"title\":\"Internal error\",\"status\":500}"
          .getBytes(StandardCharsets.UTF_8);

  private final Listener listener;
  private final HttpServerRequest request;
  private final Peer peer;
  private final Context context;
  private final ApiCall.Undelivered undelivered = new ApiCall.Undelivered();
  private String who;

  private Exchange(Listener listener, HttpServerRequest request, Peer peer, Context context) {
    this.listener = listener;
    this.request = request;
    this.peer = peer;
    this.context = context;
    this.who = peer.uid().map(uid -> "uid:" + uid).orElse("unknown");
  }

  static void handle(Listener listener, HttpServerRequest request, Peer peer) {
    new Exchange(listener, request, peer, listener.state().vertx().getOrCreateContext()).begin();
  }

  private void begin() {
    peer.connection().began();
    try {
      listener.guard().check(request.headers());
      String authorization = request.getHeader("Authorization");
      if (listener.mayBlock(authorization)) {
        identifyElsewhere(authorization);
      } else {
        proceed(listener.identify(peer, authorization));
      }
    } catch (Refused refused) {
      refuseUnread(refused);
    }
  }

  /** The request waits meanwhile. */
  private void identifyElsewhere(@Nullable String authorization) {
    request.pause();
    Thread.ofVirtual()
        .name("control-identify")
        .start(
            () -> {
              try {
                Principal principal = listener.identify(peer, authorization);
                context.runOnContext(turn -> proceed(principal));
              } catch (Refused refused) {
                context.runOnContext(turn -> refuseUnread(refused));
              } catch (RuntimeException bug) {
                LOG.error("event=control_identify_failed", bug);
                context.runOnContext(turn -> refuseUnread(bug));
              }
            });
  }

  private void proceed(Principal principal) {
    try {
      who = principal.name();
      Route.Match match = match();
      Map<String, String> query = query(match.route());
      checkMediaType(match.route());
      RequestBody.read(listener.state().vertx(), request)
          .onSuccess(body -> call(match, principal, query, body))
          .onFailure(this::refuseUnread);
      request.resume();
    } catch (Refused refused) {
      refuseUnread(refused);
    }
  }

  private Route.Match match() {
    String path = path().orElseThrow(() -> Refused.invalid("the request target must be a path"));
    return Route.find(request.method().name(), path)
        .orElseThrow(
            () -> {
              List<String> methods = Route.methods(path);
              return methods.isEmpty()
                  ? new Refused(Problem.NOT_FOUND, "there is no such call")
                  : new Refused(
                      Problem.NOT_FOUND,
                      "there is no such call; this path knows " + String.join(", ", methods));
            });
  }

  private Optional<String> path() {
    return request.uri().startsWith("/") ? Optional.ofNullable(request.path()) : Optional.empty();
  }

  private Map<String, String> query(Route route) {
    Map<String, String> query = new HashMap<>();
    for (Map.Entry<String, String> parameter : request.params()) {
      if (!route.takes(parameter.getKey())) {
        throw Refused.invalid("the query has a parameter that is not known here");
      }
      if (query.put(parameter.getKey(), parameter.getValue()) != null) {
        throw Refused.invalid("the query has one parameter twice");
      }
    }
    return query;
  }

  private void checkMediaType(Route route) {
    String length = request.getHeader("Content-Length");
    boolean hasBody =
        request.headers().contains("Transfer-Encoding") || length != null && !length.equals("0");
    String mediaType = ApiCall.mediaType(String.valueOf(request.getHeader("Content-Type")));
    switch (route.body()) {
      case NONE -> {
        if (hasBody) {
          throw Refused.invalid("this call takes no body");
        }
      }
      case JSON -> {
        if (!mediaType.equals("application/json")) {
          throw Refused.invalid("Content-Type must be application/json");
        }
      }
      case EVENTS -> {
        boolean isEvent =
            mediaType.equals(CloudEvents.STRUCTURED)
                || mediaType.equals(CloudEvents.BATCH)
                || request.headers().contains("ce-type");
        if (!isEvent) {
          throw Refused.invalid("the request is no CloudEvent");
        }
      }
    }
  }

  private void call(
      Route.Match match, Principal principal, Map<String, String> query, Buffer body) {
    ApiCall call =
        new ApiCall(
            principal,
            match.pathParameter(),
            query,
            headers(),
            body,
            listener.control(),
            peer.connection(),
            connectionStays(),
            undelivered);
    Thread.ofVirtual()
        .name("control-call")
        .start(
            () -> {
              Answer answer = answer(match.route(), call);
              context.runOnContext(turn -> write(answer, false));
            });
  }

  private Answer answer(Route route, ApiCall call) {
    try {
      return listener.state().api().answer(route, call, listener.state().config());
    } catch (Refused refused) {
      return refused(refused);
    } catch (RuntimeException bug) {
      LOG.error("event=control_call_failed call={}", route, bug);
      return Answer.internalError(INTERNAL_ERROR);
    }
  }

  private Answer refused(Refused refused) {
    Optional<Route> route =
        path().flatMap(path -> Route.find(request.method().name(), path)).map(Route.Match::route);
    listener.state().refused(who, route, refused);
    return refused.answer();
  }

  /** Answers although the body was not read to its end; the connection is of no more use. */
  private void refuseUnread(Throwable failure) {
    if (failure instanceof Refused refused) {
      write(refused(refused), true);
    } else {
      peer.connection().finished(listener.state().clock().nanos());
      request.connection().close();
    }
  }

  private void write(Answer answer, boolean thenClose) {
    HttpServerResponse response = request.response();
    response.setStatusCode(answer.status());
    response.putHeader("Content-Type", answer.mediaType());
    response.putHeader("Cache-Control", "no-store");
    response.putHeader("X-Content-Type-Options", "nosniff");
    answer.headers().forEach(response::putHeader);
    if (thenClose) {
      response.putHeader("Connection", "close");
    }
    response
        .end(Buffer.buffer(answer.body()))
        .onComplete(
            done -> {
              peer.connection().finished(listener.state().clock().nanos());
              if (done.failed()) {
                undelivered.run();
              }
              if (thenClose) {
                request.connection().close();
              }
            });
  }

  private boolean connectionStays() {
    return request.version() == HttpVersion.HTTP_1_1
        && !request.headers().contains("Connection", "close", true);
  }

  private Map<String, String> headers() {
    Map<String, String> headers = new HashMap<>();
    request
        .headers()
        .forEach((name, value) -> headers.putIfAbsent(name.toLowerCase(Locale.ROOT), value));
    headers.remove("authorization");
    return headers;
  }
}
