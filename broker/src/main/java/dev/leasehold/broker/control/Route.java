package dev.leasehold.broker.control;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The calls of the API by method and path. {@code openapi.json} describes each of them. */
enum Route {
  OPEN("POST", "/v1/tasks", Body.JSON),
  LIST("GET", "/v1/tasks", Body.NONE),
  SHOW("GET", "/v1/tasks/{id}", Body.NONE),
  SIGNAL("POST", "/v1/tasks/{id}/signals", Body.JSON, "wait"),
  GRANT("POST", "/v1/tasks/{id}/grants", Body.JSON),
  PROVE("POST", "/v1/tasks/{id}/proof", Body.JSON),
  EVENTS("POST", "/v1/events", Body.EVENTS),
  REVOKE_ALL("POST", "/v1/revoke-all", Body.JSON),
  UNLOCK("DELETE", "/v1/revoke-all", Body.NONE),
  ACCESS("GET", "/v1/access", Body.NONE),
  APPROVALS("GET", "/v1/approvals", Body.NONE),
  APPROVAL("GET", "/v1/approvals/{id}", Body.NONE),
  DECIDE("POST", "/v1/approvals/{id}/decision", Body.JSON),
  BREAK_GLASSES("GET", "/v1/break-glass", Body.NONE),
  BREAK_GLASS("GET", "/v1/break-glass/{id}", Body.NONE),
  BREAK("POST", "/v1/break-glass", Body.JSON),
  CONFIRM("POST", "/v1/break-glass/{id}/confirm", Body.JSON),
  MEND("DELETE", "/v1/break-glass/{id}", Body.NONE),
  OPENAPI("GET", "/v1/openapi.json", Body.NONE);

  /** What a call carries. */
  enum Body {
    NONE,
    JSON,
    EVENTS
  }

  /** A call and what stands for {@code {id}} in its path; empty where there is none. */
  record Match(Route route, String pathParameter) {}

  private static final String PARAMETER = "{id}";

  private final String method;
  private final String path;
  private final Body body;
  private final String query;

  Route(String method, String path, Body body) {
    this(method, path, body, "");
  }

  Route(String method, String path, Body body, String query) {
    this.method = method;
    this.path = path;
    this.body = body;
    this.query = query;
  }

  /** Paths are compared as they were written: none of ours needs an escape. */
  static Optional<Match> find(String method, String path) {
    String[] given = path.split("/", -1);
    for (Route route : values()) {
      if (route.method.equals(method)) {
        Optional<String> parameter = route.match(given);
        if (parameter.isPresent()) {
          return Optional.of(new Match(route, parameter.get()));
        }
      }
    }
    return Optional.empty();
  }

  /** The methods that a path knows; empty when there is no such path. */
  static List<String> methods(String path) {
    String[] given = path.split("/", -1);
    return Arrays.stream(values())
        .filter(route -> route.match(given).isPresent())
        .map(Route::method)
        .toList();
  }

  private Optional<String> match(String[] given) {
    String[] segments = path.split("/", -1);
    if (given.length != segments.length) {
      return Optional.empty();
    }
    String parameter = "";
    for (int i = 0; i < given.length; i++) {
      if (segments[i].equals(PARAMETER)) {
        parameter = given[i];
      } else if (!segments[i].equals(given[i])) {
        return Optional.empty();
      }
    }
    return Optional.of(parameter);
  }

  String method() {
    return method;
  }

  String path() {
    return path;
  }

  Body body() {
    return body;
  }

  /** Whether a parameter of that name may stand in the query. */
  boolean takes(String parameter) {
    return !parameter.isEmpty() && parameter.equals(query);
  }

  /** The one parameter that may stand in the query; empty for none. */
  String query() {
    return query;
  }
}
