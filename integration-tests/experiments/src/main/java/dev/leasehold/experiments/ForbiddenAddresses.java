package dev.leasehold.experiments;

import dev.leasehold.experiments.RawAgent.Split;
import dev.leasehold.testbed.target.LoopbackNames;
import java.io.IOException;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** E16: ways to have a sidecar dial what only it can reach. */
final class ForbiddenAddresses implements Experiment {
  private static final String NAMED = "named.example.test";
  private static final String FLIPPING = "flipping.example.test";
  private static final String GOOD = "good.example.test";

  /** The one address that a destination here may be dialled at. */
  private static final String PERMITTED = "127.0.0.2";

  private static final byte[] LOOPBACK = {127, 0, 0, 1};
  private static final byte[] PUBLIC = {1, 1, 1, 1};
  private static final int AT_ONCE = 8;
  private static final int CONTROLS = 200;
  private static final int PATIENCE_MILLIS = 15_000;

  /** What the name server says next; one call at a time changes it. */
  private static final class Zone {
    private final Map<String, List<byte[]>> fixed = new ConcurrentHashMap<>();
    private final AtomicInteger flips = new AtomicInteger();

    List<byte[]> of(String name) {
      if (name.equals(FLIPPING)) {
        boolean good = flips.getAndIncrement() % 3 != 0;
        return List.of(good ? InetAddress.ofLiteral(PERMITTED).getAddress() : LOOPBACK);
      }
      return fixed.getOrDefault(name, List.of(InetAddress.ofLiteral(PERMITTED).getAddress()));
    }
  }

  @Override
  public String id() {
    return "E16";
  }

  @Override
  public String promise() {
    return "No address that is not permitted is dialled, by whatever name, spelling, second answer"
        + " or redirect; a denied name is never looked up";
  }

  @Override
  public String control() {
    return "a proxy that looks up before it decides, compares spellings and follows redirects";
  }

  @Override
  public Outcome run(Ground ground) throws IOException, InterruptedException {
    Zone zone = new Zone();
    List<String> spellings = SpecialAddress.spellings();
    int flips = ground.scaled(10_000, 400);
    try (LoopbackNames names = LoopbackNames.start(zone::of);
        Trap trap = new Trap();
        Dialled dialled = new Dialled(SpecialAddress.records(), trap.port());
        Subject subject =
            Subject.start(ground, id(), List.of("named", "flipping", "good"), rules(names, trap))) {
      Caller caller = new Caller(subject.proxyPort(), subject.open().line(), trap.port());
      List<Boolean> literals = Crowd.each(AT_ONCE, spellings, caller::isRefused);
      int named = 0;
      int unrefused = 0;
      for (byte[] record : SpecialAddress.records()) {
        for (List<byte[]> answer : List.of(List.of(record), List.of(PUBLIC, record))) {
          zone.fixed.put(NAMED, answer);
          named++;
          unrefused += caller.get(NAMED, "/") == 403 ? 0 : 1;
        }
      }
      List<Integer> flipped =
          Crowd.each(
              AT_ONCE,
              java.util.Collections.nCopies(flips, FLIPPING),
              name -> caller.get(name, "/"));
      List<String> redirects =
          spellings.stream().filter(text -> text.matches("[0-9A-Za-z.:\\[\\]]+")).toList();
      List<Integer> redirected =
          Crowd.each(
              AT_ONCE,
              redirects,
              to -> caller.get(GOOD, "/to/" + to.replaceAll("[\\[\\]:]", "") + ":" + trap.port()));
      long accepted = literals.stream().filter(refused -> !refused).count() + unrefused;
      long odd =
          flipped.stream().filter(status -> status != 200 && status != 403).count()
              + redirected.stream().filter(status -> status != 302).count();
      long served = flipped.stream().filter(status -> status == 200).count();
      long connects = trap.dialledOtherThan(PERMITTED) + dialled.count();
      long queries =
          names.asked().stream()
              .filter(name -> !List.of(NAMED, FLIPPING, GOOD).contains(name))
              .count();
      String detail =
          "%d spellings as URL and as CONNECT, %d answers of a name server, %d calls of a name that flips (%d served), %d redirects; %d forbidden connections, %d queries for denied names, %d not refused, %d answered oddly"
              .formatted(
                  spellings.size(),
                  named,
                  flips,
                  served,
                  redirects.size(),
                  connects,
                  queries,
                  accepted,
                  odd);
      return Outcome.none(
          2L * spellings.size() + named + flips + redirects.size(),
          connects + queries + accepted + odd + (served == 0 ? 1 : 0),
          "faults",
          isControlCaught(ground, names, redirects.subList(0, CONTROLS)),
          detail);
    }
  }

  private static String rules(LoopbackNames names, Trap trap) {
    return """
    resolver: "%1$s"
    destinations:
      named:
        url: http://%2$s:%5$d
        allow: [{methods: [GET]}]
      flipping:
        url: http://%3$s:%5$d
        addresses: ["%6$s/32"]
        allow: [{methods: [GET]}]
      good:
        url: http://%4$s:%5$d
        addresses: ["%6$s/32"]
        allow: [{methods: [GET]}]
    """
        .formatted(names.address(), NAMED, FLIPPING, GOOD, trap.port(), PERMITTED);
  }

  private static boolean isControlCaught(Ground ground, LoopbackNames names, List<String> spellings)
      throws IOException, InterruptedException {
    long before = names.asked().size();
    try (Trap trap = new Trap();
        LateFilterProxy proxy = new LateFilterProxy(names.address())) {
      Caller caller = new Caller(proxy.port(), "", trap.port());
      var direct = Crowd.each(AT_ONCE, spellings, text -> caller.get(text, "/"));
      var redirected = caller.get("127.0.0.2", "/to/2130706433:" + trap.port());
      long connects = trap.dialledOtherThan(PERMITTED);
      long queries = names.asked().size() - before;
      ground.say(
          "E16",
          "control: %d forbidden connections and %d queries in %d calls, redirect gave %d"
              .formatted(connects, queries, direct.size() + 1, redirected));
      return connects > 0 && queries > 0;
    }
  }

  /**
   * Calls through a proxy.
   *
   * @param port the proxy's
   * @param naming the line that names the task
   * @param target the port that every call is for
   */
  private record Caller(int port, String naming, int target) {
    int get(String host, String path) throws IOException {
      return status(
          "GET http://%1$s:%2$d%3$s HTTP/1.1\r\nHost: %1$s:%2$d\r\n%4$sConnection: close\r\n\r\n"
              .formatted(host, target, path, naming));
    }

    /** As a URL and as a CONNECT. */
    boolean isRefused(String host) throws IOException {
      int asUrl = get(host, "/");
      int asTunnel =
          status(
              "CONNECT %1$s:%2$d HTTP/1.1\r\nHost: %1$s:%2$d\r\n%3$s\r\n"
                  .formatted(host, target, naming));
      return asUrl >= 400 && asUrl < 500 && asTunnel >= 400 && asTunnel < 500;
    }

    private int status(String request) throws IOException {
      try (RawAgent agent = RawAgent.connect(port, PATIENCE_MILLIS)) {
        return RawAgent.status(agent.send(request, Split.WHOLE).head());
      }
    }
  }
}
