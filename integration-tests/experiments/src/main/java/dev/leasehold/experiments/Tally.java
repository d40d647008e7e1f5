package dev.leasehold.experiments;

import dev.leasehold.experiments.SeenRequest.Belief;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Compares what arrived at targets with what was decided, for each case by the id in its paths. */
final class Tally {
  private static final Pattern ID = Pattern.compile("/(?:ok|denied)/([0-9]+)(?:/.*)?");

  private final Map<Integer, Integer> begun = new HashMap<>();
  private final Map<Integer, Integer> whole = new HashMap<>();
  private final Map<Integer, Integer> allowed = new HashMap<>();
  private final List<String> faults = new ArrayList<>();
  private int strays;
  private int surplus;
  private int ambiguous;
  private int lost;

  /**
   * @param connections the bytes that arrived, by connection
   * @param decisions the paths that were allowed
   */
  Tally(List<String> connections, List<String> decisions) {
    for (String bytes : connections) {
      List<SeenRequest> one = SeenRequest.read(bytes, Belief.LENGTH);
      List<SeenRequest> other = SeenRequest.read(bytes, Belief.CHUNKS);
      if (!one.equals(other) || !one.stream().allMatch(SeenRequest::clean)) {
        strays++;
        faults.add("two readings of what arrived, or a line that is for the proxy alone");
      }
      for (SeenRequest request : one.size() > other.size() ? one : other) {
        add(begun, request.path());
        if (request.whole()) {
          add(whole, request.path());
        }
      }
    }
    decisions.forEach(path -> add(allowed, path));
  }

  private void add(Map<Integer, Integer> counts, String path) {
    Matcher id = ID.matcher(path);
    if (id.matches()) {
      counts.merge(Integer.valueOf(id.group(1)), 1, Integer::sum);
    } else {
      strays++;
      faults.add("a request that nobody sent: " + path);
    }
  }

  /**
   * Judges one case.
   *
   * @param reach how many whole requests of it may, and have to, arrive
   */
  void judge(int id, String name, int reach) {
    int arrived = begun.getOrDefault(id, 0);
    int complete = whole.getOrDefault(id, 0);
    int decided = allowed.getOrDefault(id, 0);
    surplus += Math.max(0, arrived - decided);
    ambiguous += Math.max(0, complete - reach);
    lost += Math.max(0, reach - complete);
    if (arrived > decided || complete != reach) {
      faults.add(
          "%s: %d arrived, %d of them whole, %d may; %d allowed"
              .formatted(name, arrived, complete, reach, decided));
    }
  }

  /** Requests that arrived without a decision. */
  int surplus() {
    return surplus + strays;
  }

  /** Whole requests that arrived although they, or what was before them, had to be refused. */
  int ambiguous() {
    return ambiguous;
  }

  /** Good requests that did not arrive. */
  int lost() {
    return lost;
  }

  List<String> faults() {
    return faults;
  }
}
