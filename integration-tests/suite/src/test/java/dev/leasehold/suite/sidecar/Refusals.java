package dev.leasehold.suite.sidecar;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.leasehold.testbed.server.Await;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a sidecar has told of refusals: that something new is told is measured from here. */
final class Refusals {
  private static final Pattern COUNT =
      Pattern.compile("leasehold_denials_total\\{problem=\"([a-z-]+)\"} ([0-9.]+)");

  private final Rig rig;
  private final Map<String, Double> counted;
  private final long logged;

  private Refusals(Rig rig) {
    this.rig = rig;
    this.counted = counts(rig);
    this.logged = rig.audit().lines().count();
  }

  static Refusals before(Rig rig) {
    return new Refusals(rig);
  }

  private static Map<String, Double> counts(Rig rig) {
    Map<String, Double> counts = new HashMap<>();
    Matcher matcher = COUNT.matcher(Admin.get(rig, "/metrics").body());
    while (matcher.find()) {
      counts.put(matcher.group(1), Double.valueOf(matcher.group(2)));
    }
    return counts;
  }

  /** An audit event and the metric name {@code problem} since then. */
  void assertTold(String problem) {
    Await.until(
        "the audit log tells of " + problem,
        () ->
            rig.audit()
                .lines()
                .skip(logged)
                .anyMatch(line -> line.contains("\"cause\":\"" + problem + "\"")));
    double before = counted.getOrDefault(problem, 0.0);
    double now = counts(rig).getOrDefault(problem, 0.0);
    assertTrue(now > before, "leasehold_denials_total counts " + problem + ": " + now);
  }
}
