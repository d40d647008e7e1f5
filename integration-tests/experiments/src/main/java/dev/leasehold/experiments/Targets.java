package dev.leasehold.experiments;

import dev.leasehold.testbed.target.RecordingUpstream;
import dev.leasehold.testbed.target.RecordingUpstream.Script;
import dev.leasehold.testbed.tls.TestCa;
import java.util.Map;
import java.util.UUID;

/** Two targets with certificates and secrets of their own. */
record Targets(
    RecordingUpstream one,
    String nameOfOne,
    RecordingUpstream two,
    String nameOfTwo,
    Map<String, String> secrets)
    implements AutoCloseable {

  static Targets start(TestCa ca, String one, String two) {
    return new Targets(
        RecordingUpstream.start(Script.answering(RecordingUpstream.OK), ca.leaf(one)),
        one,
        RecordingUpstream.start(Script.answering(RecordingUpstream.OK), ca.leaf(two)),
        two,
        Map.of(one, UUID.randomUUID().toString(), two, UUID.randomUUID().toString()));
  }

  /** The port that goes with a name, which is the first one's with all other names. */
  int port(String name) {
    return (name.equals(nameOfTwo) ? two : one).address().getPort();
  }

  /** How many connections brought a secret to where it does not belong. */
  int strays() {
    return stray(one, nameOfTwo) + stray(two, nameOfOne);
  }

  private int stray(RecordingUpstream at, String foreign) {
    String secret = String.valueOf(secrets.get(foreign));
    return (int) at.conversations().stream().filter(seen -> seen.text().contains(secret)).count();
  }

  /** Whether that call came to the target of that name, and to no other. */
  boolean hasSeen(int id, String name) {
    RecordingUpstream at = name.equals(nameOfTwo) ? two : one;
    RecordingUpstream other = at.equals(one) ? two : one;
    return at.text().contains(line(id)) && !other.text().contains(line(id));
  }

  boolean hasSeenNothing(int id) {
    return !one.text().contains(line(id)) && !two.text().contains(line(id));
  }

  private static String line(int id) {
    return "GET /call/" + id + " ";
  }

  @Override
  public void close() {
    one.close();
    two.close();
  }
}
