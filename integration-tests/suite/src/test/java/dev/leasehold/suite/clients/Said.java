package dev.leasehold.suite.clients;

import dev.leasehold.testbed.sidecar.Ran;
import io.vertx.core.json.JsonObject;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A line of a script: what its client did and what came of it.
 *
 * @param saw the body, or what the script made of it
 */
record Said(String exercise, int status, String saw) {
  static final Said NOTHING = new Said("", 0, "");

  /** By exercise. Lines of other forms are the client's own. */
  static Map<String, Said> in(Ran ran) {
    Map<String, Said> said = new LinkedHashMap<>();
    ran.out()
        .lines()
        .filter(line -> line.startsWith("{\"exercise\""))
        .map(JsonObject::new)
        .map(
            json ->
                new Said(
                    json.getString("exercise"), json.getInteger("status"), json.getString("saw")))
        .forEach(one -> said.put(one.exercise(), one));
    return said;
  }
}
