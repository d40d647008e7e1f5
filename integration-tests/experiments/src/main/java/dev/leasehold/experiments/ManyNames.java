package dev.leasehold.experiments;

import dev.leasehold.experiments.RawAgent.Split;
import dev.leasehold.testbed.target.LoopbackNames;
import dev.leasehold.testbed.target.RecordingUpstream;
import dev.leasehold.testbed.target.RecordingUpstream.Script;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/** E21: a different name in every CONNECT, and a different one in every ClientHello. */
final class ManyNames implements Experiment {
  private static final String HOST = "good.example.test";
  private static final int AT_ONCE = 16;
  private static final int PATIENCE_MILLIS = 20_000;
  private static final int CONTROLS = 20;
  private static final double MOST_MEBIBYTES = 10;

  @Override
  public String id() {
    return "E21";
  }

  @Override
  public String promise() {
    return "Names that no destination has cost nothing: no certificate, no look-up, no memory that"
        + " stays";
  }

  @Override
  public String control() {
    return "a proxy that makes a certificate for every name";
  }

  @Override
  public Outcome run(Ground ground) throws IOException, InterruptedException {
    int connects = ground.scaled(100_000, 10_000);
    int hellos = ground.scaled(10_000, 1_000);
    try (LoopbackNames names = LoopbackNames.start();
        RecordingUpstream upstream =
            RecordingUpstream.start(
                Script.answering(RecordingUpstream.OK), ground.testbed().ca().leaf(HOST));
        Subject subject = Subject.start(ground, id(), List.of("good"), rules(names, upstream))) {
      Caller caller = new Caller(subject.proxyPort(), subject.open().line(), subject.trust());
      String good = HOST + ":" + upstream.address().getPort();
      Set<Integer> statuses = caller.connectAll(numbered("n", connects / 2));
      Set<String> certificates = caller.helloAll(good, numbered("s", hellos / 2));
      // By now the heap has nearly the size that this load needs. What stays grows with each round
      // that follows; what the heap still takes once is shared by them.
      List<String> rounds = List.of("m", "l");
      long before = subject.memory().resident();
      for (String round : rounds) {
        statuses.addAll(caller.connectAll(numbered(round, connects / 2)));
        certificates.addAll(caller.helloAll(good, numbered(round + "s", hellos / 2)));
      }
      double grown = (subject.memory().resident() - before) / 1024.0 / rounds.size();
      boolean refused = statuses.equals(Set.of(403));
      int minted = certificates.size() - 1;
      int queries = names.asked().size();
      String detail =
          "%d names in CONNECT, %d in SNI; %s, %d certificates more than one, %d queries, %.1f MiB more resident with each other half"
              .formatted(
                  connects * 3 / 2,
                  hellos * 3 / 2,
                  refused ? "all refused" : "statuses " + statuses,
                  minted,
                  queries,
                  grown);
      return Outcome.atMost(
              (connects + hellos) * 3L / 2,
              grown,
              "MiB",
              MOST_MEBIBYTES,
              isControlCaught(ground),
              detail)
          .failedBy(minted + queries + (refused ? 0 : 1));
    }
  }

  private static List<String> numbered(String prefix, int count) {
    return IntStream.range(0, count).mapToObj(i -> prefix + i + ".example.test").toList();
  }

  private static String rules(LoopbackNames names, RecordingUpstream upstream) {
    return """
    resolver: "%s"
    destinations:
      good:
        url: https://%s:%d
        addresses: [127.0.0.0/8]
        tls: {ca: "file:${folder}/upstream-ca.pem"}
        allow: [{methods: [GET]}]
    """
        .formatted(names.address(), HOST, upstream.address().getPort());
  }

  private static boolean isControlCaught(Ground ground) throws IOException, InterruptedException {
    try (MintingProxy proxy = new MintingProxy(ground.testbed().ca())) {
      Caller caller = new Caller(proxy.port(), "", ground.testbed().ca().clientContext());
      Set<String> certificates = ConcurrentHashMap.newKeySet();
      for (String name : numbered("n", CONTROLS)) {
        certificates.addAll(caller.helloAll(name + ":443", List.of(name)));
      }
      ground.say("E21", "control: %d certificates".formatted(certificates.size()));
      return certificates.size() > 1;
    }
  }

  private record Caller(int port, String naming, SSLContext trust) {
    private static final String CONNECT = "CONNECT %1$s HTTP/1.1\r\nHost: %1$s\r\n%2$s\r\n";

    /** The statuses that came. */
    Set<Integer> connectAll(List<String> names) throws IOException, InterruptedException {
      Set<Integer> statuses = ConcurrentHashMap.newKeySet();
      statuses.addAll(
          Crowd.each(
              AT_ONCE,
              names,
              name -> {
                try (RawAgent agent = RawAgent.connect(port, PATIENCE_MILLIS)) {
                  String request = CONNECT.formatted(name + ":443", naming);
                  return RawAgent.status(agent.send(request, Split.WHOLE).head());
                }
              }));
      return statuses;
    }

    /** The certificates that were shown, by their serial numbers. */
    Set<String> helloAll(String tunnel, List<String> names)
        throws IOException, InterruptedException {
      Set<String> serials = ConcurrentHashMap.newKeySet();
      serials.addAll(
          Crowd.each(
              AT_ONCE,
              names,
              name -> {
                try (RawAgent agent = RawAgent.connect(port, PATIENCE_MILLIS)) {
                  agent.send(CONNECT.formatted(tunnel, naming), Split.WHOLE).head();
                  try (RawAgent inside = agent.secure(trust, List.of(new RawAgent.Name(name)))) {
                    X509Certificate shown =
                        (X509Certificate)
                            ((SSLSocket) inside.socket()).getSession().getPeerCertificates()[0];
                    return shown.getSerialNumber().toString(16);
                  }
                }
              }));
      return serials;
    }
  }
}
