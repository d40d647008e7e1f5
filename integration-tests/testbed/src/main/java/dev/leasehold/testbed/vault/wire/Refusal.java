package dev.leasehold.testbed.vault.wire;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;

/** A request that Vault answers with an error: a status and the texts under {@code errors}. */
public final class Refusal extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int status;
  private final transient List<String> errors;

  public Refusal(int status, List<String> errors) {
    super(status + " " + errors);
    this.status = status;
    this.errors = List.copyOf(errors);
  }

  /** 400 with the text as it is: what a backend calls an error response. */
  public static Refusal badRequest(String text) {
    return new Refusal(400, List.of(text));
  }

  /** 403 as given when a live token lacks the right. */
  public static Refusal denied() {
    return new Refusal(403, List.of(wrapped("permission denied")));
  }

  /** 403 as given when the token is unknown, ended or expired. */
  public static Refusal invalidToken() {
    return new Refusal(
        403, List.of("2 errors occurred:\n\t* permission denied\n\t* invalid token\n\n"));
  }

  /** 404 without a word: the thing is not there. */
  public static Refusal absent() {
    return new Refusal(404, List.of());
  }

  public static Refusal unsupportedPath() {
    return new Refusal(404, List.of(wrapped("unsupported path")));
  }

  public static Refusal unsupportedOperation() {
    return new Refusal(405, List.of(wrapped("unsupported operation")));
  }

  public static Refusal noRoute(String path) {
    return new Refusal(
        404, List.of("no handler for route \"" + path + "\". route entry not found."));
  }

  public static Refusal sealed() {
    return new Refusal(503, List.of("Vault is sealed"));
  }

  /** 500: the backend itself failed. */
  public static Refusal failed(String text) {
    return new Refusal(500, List.of(wrapped(text)));
  }

  /** The form in which errors from inside a backend are written out. */
  public static String wrapped(String text) {
    return "1 error occurred:\n\t* " + text + "\n\n";
  }

  public int status() {
    return status;
  }

  public JsonObject body() {
    return new JsonObject().put("errors", new JsonArray(errors));
  }
}
