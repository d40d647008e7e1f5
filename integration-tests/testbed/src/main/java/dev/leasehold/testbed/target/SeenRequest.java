package dev.leasehold.testbed.target;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * A request as it reached an upstream.
 *
 * @param uri as on the request line
 * @param headers by lower-case name, in the order of arrival under each
 */
public record SeenRequest(
    String method, String uri, Map<String, List<String>> headers, String body) {

  public SeenRequest {
    Map<String, List<String>> lower = new TreeMap<>();
    headers.forEach(
        (name, values) -> lower.put(name.toLowerCase(Locale.ROOT), List.copyOf(values)));
    headers = Map.copyOf(lower);
  }

  /** The first value, or an empty text. */
  public String header(String name) {
    return headers.getOrDefault(name.toLowerCase(Locale.ROOT), List.of("")).getFirst();
  }
}
