package dev.leasehold.suite.clients;

import dev.leasehold.suite.clients.Upstream.Arrival;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What every HTTP client is asked to do, in this order. */
enum Exercise {
  GET("GET", "hello"),
  POST("POST of 1 MiB", "digest"),
  UPLOAD("chunked upload", "digest"),
  EVENTS("SSE", "events"),
  DOWNLOAD("50 MiB down", "blob"),
  REFUSED("403 with its reason", "forbidden"),
  REDIRECT("redirect", "moved");

  /** As the page calls it. */
  final String title;

  private final String route;

  Exercise(String title, String route) {
    this.title = title;
    this.route = route;
  }

  /** As scripts call it. */
  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** What is wrong with how a client did it; empty for nothing. */
  Optional<String> fault(Said said, List<Arrival> arrivals, Bodies bodies) {
    if (this == REFUSED) {
      boolean tellsWhy =
          said.status() == 403
              && said.saw().contains("urn:leasehold:problem:rule-denied")
              && said.saw().contains("\"detail\"");
      return tellsWhy && !hasReached(arrivals) ? Optional.empty() : Optional.of(said.toString());
    }
    boolean arrived =
        hasReached(arrivals)
            && (this != UPLOAD || arrivals.stream().anyMatch(Arrival::chunked))
            && (this != REDIRECT || arrivals.getLast().route().equals(GET.route));
    boolean isRight = said.status() == 200 && said.saw().equals(expected(bodies));
    return arrived && isRight ? Optional.empty() : Optional.of(said + " of " + arrivals);
  }

  private boolean hasReached(List<Arrival> arrivals) {
    return arrivals.stream().anyMatch(arrival -> arrival.route().equals(route));
  }

  private String expected(Bodies bodies) {
    return switch (this) {
      case GET, REDIRECT -> Bodies.GREETING;
      case POST, UPLOAD -> bodies.uploadDigest();
      case EVENTS -> String.join(" ", Bodies.EVENTS);
      case DOWNLOAD -> bodies.downloadDigest();
      case REFUSED -> throw new IllegalStateException("nothing comes from the API");
    };
  }
}
