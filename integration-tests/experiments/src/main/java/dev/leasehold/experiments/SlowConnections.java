package dev.leasehold.experiments;

import dev.leasehold.experiments.RawAgent.Split;
import dev.leasehold.testbed.target.LoopbackNames;
import dev.leasehold.testbed.target.RecordingUpstream;
import dev.leasehold.testbed.target.RecordingUpstream.Script;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/** E19: thousands of connections that send next to nothing, and a crowd that has work to do. */
final class SlowConnections implements Experiment {
  private static final String HOST = "good.example.test";
  private static final int SLOW = 5_000;
  private static final int GOOD = 200;
  private static final int CALLS = 10;
  private static final int PATIENCE_MILLIS = 20_000;

  /** The head of a request may take 10 s by default; a second more is one look late. */
  private static final int CLOSED_WITHIN_SECONDS = 15;

  private static final double MOST_MEBIBYTES = 100;
  private static final double MOST_KIBIBYTES_IDLE = 15;
  private static final Pattern FILES = Pattern.compile("Max open files +([0-9]+)");

  @Override
  public String id() {
    return "E19";
  }

  @Override
  public String promise() {
    return "Thousands of slow connections are closed in time, take little memory, and keep nobody"
        + " from being served; an idle one costs at most 15 KiB";
  }

  @Override
  public String control() {
    return "a proxy that waits for each of them in one of 32 threads";
  }

  @Override
  public Outcome run(Ground ground) throws IOException, InterruptedException {
    int slow = Math.min(SLOW, files() - 2_000);
    try (LoopbackNames names = LoopbackNames.start();
        RecordingUpstream upstream =
            RecordingUpstream.start(Script.answering(RecordingUpstream.OK));
        Subject subject = Subject.start(ground, id(), List.of("good"), rules(names, upstream))) {
      String host = HOST + ":" + upstream.address().getPort();
      String request =
          "GET http://%1$s/ HTTP/1.1\r\nHost: %1$s\r\n%2$s\r\n"
              .formatted(host, subject.open().line());
      serve(subject.proxyPort(), GOOD, request);
      double idle = idleCost(subject, slow, request);
      long before = subject.memory().resident();
      int served;
      int left;
      try (Drip drip = new Drip(subject.proxyPort(), slow, "GET http://%s/ HT".formatted(host))) {
        Thread dripping = Thread.ofPlatform().start(() -> keepDripping(drip));
        served = serve(subject.proxyPort(), GOOD, request);
        dripping.join();
        left = drip.open();
      }
      double grown = (subject.memory().peak() - before) / 1024.0;
      int lost = GOOD * CALLS - served;
      String detail =
          "%d slow connections, %d of them left after %d s; %d of %d calls of %d clients not served; %.1f KiB for an idle connection"
              .formatted(slow, left, CLOSED_WITHIN_SECONDS, lost, GOOD * CALLS, GOOD, idle);
      return Outcome.atMost(
              slow + GOOD, grown, "MiB", MOST_MEBIBYTES, isControlCaught(ground), detail)
          .failedBy(lost + left + (idle > MOST_KIBIBYTES_IDLE ? 1 : 0));
    }
  }

  private static void keepDripping(Drip drip) {
    try {
      drip.until(CLOSED_WITHIN_SECONDS);
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
    }
  }

  /** How many files this process may open. */
  private static int files() throws IOException {
    Matcher limit = FILES.matcher(Files.readString(Path.of("/proc/self/limits")));
    return limit.find() ? Integer.parseInt(limit.group(1)) : SLOW;
  }

  private static String rules(LoopbackNames names, RecordingUpstream upstream) {
    return """
    resolver: "%s"
    destinations:
      good:
        url: http://%s:%d
        environment: test
        addresses: [127.0.0.0/8]
        allow: [{methods: [GET]}]
        limits: {connections: 300, in-flight: 300}
        unsafe-plaintext: true
        credential: token
    """
            .formatted(names.address(), HOST, upstream.address().getPort())
        + Subject.credentials("token");
  }

  /** KiB for a connection that has made a call and waits, by what so many of them take. */
  private static double idleCost(Subject subject, int count, String request)
      throws IOException, InterruptedException {
    long before = subject.memory().resident();
    List<RawAgent> idle = Collections.synchronizedList(new ArrayList<>());
    try {
      var statuses =
          Crowd.each(
              16,
              Collections.nCopies(count, request),
              bytes -> {
                RawAgent agent = RawAgent.connect(subject.proxyPort(), PATIENCE_MILLIS);
                idle.add(agent);
                return RawAgent.status(agent.send(bytes, Split.WHOLE).answer());
              });
      if (!statuses.stream().allMatch(status -> status == 200)) {
        throw new IOException("not all idle connections were served first");
      }
      return (subject.memory().resident() - before) / (double) count;
    } finally {
      idle.forEach(RawAgent::close);
    }
  }

  /** The number of calls that were answered 200, each client making {@value #CALLS} at its pace. */
  private static int serve(int port, int clients, String request)
      throws IOException, InterruptedException {
    return Crowd.each(
            clients,
            IntStream.range(0, clients).boxed().toList(),
            client -> {
              int served = 0;
              try (RawAgent agent = RawAgent.connect(port, PATIENCE_MILLIS)) {
                for (int i = 0; i < CALLS; i++) {
                  boolean good = RawAgent.status(agent.send(request, Split.WHOLE).answer()) == 200;
                  served += good ? 1 : 0;
                }
              }
              return served;
            })
        .stream()
        .mapToInt(Integer::intValue)
        .sum();
  }

  private static boolean isControlCaught(Ground ground) throws IOException {
    try (PooledProxy proxy = new PooledProxy();
        Drip drip = new Drip(proxy.port(), 2 * PooledProxy.THREADS, "GET / HT");
        RawAgent good = RawAgent.connect(proxy.port(), 1_000)) {
      String answer = good.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n", Split.WHOLE).head();
      ground.say(
          "E19",
          "control: %d slow, and a good call %s"
              .formatted(drip.open(), answer.isEmpty() ? "waits for ever" : "served"));
      return answer.isEmpty();
    }
  }
}
