package dev.leasehold.experiments;

import dev.leasehold.experiments.RawAgent.Split;
import dev.leasehold.testbed.target.LoopbackNames;
import dev.leasehold.testbed.tls.TestCa;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLContext;

/** E15: CONNECT, SNI and Host that name different places. */
final class TargetBinding implements Experiment {
  private static final String ONE = "one.example.test";
  private static final String TWO = "two.example.test";

  /** The last one is an address for a CONNECT, and nothing at all for SNI and Host. */
  private static final List<String> NAMES =
      List.of(ONE, TWO, "ONE.EXAMPLE.TEST", ONE + ".", "three.example.test", "");

  private static final int AT_ONCE = 8;
  private static final int PATIENCE_MILLIS = 10_000;

  /**
   * @param reused whether a call that agrees has been made on the same connection before
   */
  private record Case(int id, String authority, String sni, String host, boolean reused) {
    boolean opens() {
      return authority.equalsIgnoreCase(ONE) || authority.equals(TWO);
    }

    boolean tlsAgrees() {
      return sni.isEmpty() || sni.equalsIgnoreCase(authority);
    }

    boolean agrees() {
      return opens() && tlsAgrees() && host.equalsIgnoreCase(authority);
    }

    /** What has to be answered inside the tunnel. */
    int status() {
      return host.isEmpty() ? 400 : agrees() ? 200 : 421;
    }
  }

  @Override
  public String id() {
    return "E15";
  }

  @Override
  public String promise() {
    return "A credential reaches its own verified target only; where CONNECT, SNI and Host differ,"
        + " the call is refused";
  }

  @Override
  public String control() {
    return "a proxy that takes the credential by Host and the address by CONNECT";
  }

  @Override
  public Outcome run(Ground ground) throws IOException, InterruptedException {
    List<Case> cases = cases();
    try (LoopbackNames names = LoopbackNames.start();
        Targets targets = Targets.start(ground.testbed().ca(), ONE, TWO)) {
      targets.secrets().forEach((name, secret) -> keep(ground, label(name), secret));
      try (Subject subject =
          Subject.start(ground, id(), List.of("one", "two"), rules(names, targets))) {
        String naming = subject.open().line();
        SSLContext trust = subject.trust();
        List<Integer> wrong =
            Crowd.each(
                AT_ONCE,
                cases,
                call -> isAnsweredRight(call, subject, naming, trust, targets) ? 0 : 1);
        int misanswered = wrong.stream().mapToInt(Integer::intValue).sum();
        long misplaced =
            cases.stream()
                .filter(
                    call ->
                        call.agrees()
                            ? !targets.hasSeen(call.id(), call.authority())
                            : !targets.hasSeenNothing(call.id()))
                .count();
        long mismatches = cases.stream().filter(call -> call.opens() && !call.agrees()).count();
        String detail =
            "216 combinations, each on a new and on a used connection; %d secrets at a wrong target, %d calls at a wrong one or none, %d answered wrongly; %d mismatches inside a tunnel"
                .formatted(targets.strays(), misplaced, misanswered, mismatches);
        return Outcome.none(
            cases.size(),
            targets.strays() + misplaced + misanswered,
            "faults",
            isControlCaught(ground, cases),
            detail);
      }
    }
  }

  private static List<Case> cases() {
    List<Case> cases = new ArrayList<>();
    for (String authority : NAMES) {
      for (String sni : NAMES) {
        for (String host : NAMES) {
          cases.add(new Case(cases.size(), authority, sni, host, false));
          cases.add(new Case(cases.size(), authority, sni, host, true));
        }
      }
    }
    return cases;
  }

  private static String label(String name) {
    return name.substring(0, name.indexOf('.'));
  }

  private static void keep(Ground ground, String name, String secret) {
    ground
        .testbed()
        .vaultAdmin()
        .write(
            "kv/data/" + name, new JsonObject().put("data", new JsonObject().put("token", secret)))
        .orThrow();
  }

  private static String rules(LoopbackNames names, Targets targets) {
    StringBuilder rules = new StringBuilder();
    rules.append("resolver: \"%s\"\ndestinations:\n".formatted(names.address()));
    for (String name : List.of(ONE, TWO)) {
      rules.append(
          """
            %1$s:
              url: https://%2$s:%3$d
              environment: test
              addresses: [127.0.0.0/8]
              tls: {ca: "file:${folder}/upstream-ca.pem"}
              allow: [{methods: [GET]}]
              credential: %1$s
          """
              .formatted(label(name), name, targets.port(name)));
    }
    return rules + Subject.credentials(label(ONE), label(TWO));
  }

  private static boolean isAnsweredRight(
      Case call, Subject subject, String naming, SSLContext trust, Targets targets)
      throws IOException {
    List<Integer> statuses = sendAnyhow(call, subject.proxyPort(), naming, trust, targets);
    List<Integer> wanted = new ArrayList<>();
    if (call.opens()) {
      wanted.add(200);
      if (call.reused() && call.tlsAgrees()) {
        wanted.add(200);
      }
      wanted.add(call.status());
    } else {
      wanted.add(call.authority().endsWith(".") ? 400 : 403);
    }
    if (!statuses.equals(wanted)) {
      System.err.println("E15: " + call + " was answered " + statuses + ", not " + wanted);
    }
    return statuses.equals(wanted);
  }

  /** The statuses of the CONNECT, of the call that agrees, if there is one, and of the call. */
  private static List<Integer> send(
      Case call, int port, String naming, SSLContext trust, Targets targets) throws IOException {
    List<Integer> statuses = new ArrayList<>();
    String authority =
        (call.authority().isEmpty() ? "127.0.0.1" : call.authority())
            + ":"
            + targets.port(call.authority());
    try (RawAgent agent = RawAgent.connect(port, PATIENCE_MILLIS)) {
      agent.send(
          "CONNECT %1$s HTTP/1.1\r\nHost: %1$s\r\n%2$s\r\n".formatted(authority, naming),
          Split.WHOLE);
      statuses.add(RawAgent.status(agent.head()));
      if (statuses.getLast() != 200) {
        return statuses;
      }
      List<SNIServerName> sni =
          call.sni().isEmpty() ? List.of() : List.of(new RawAgent.Name(call.sni()));
      try (RawAgent inside = agent.secure(trust, sni)) {
        if (call.reused() && call.tlsAgrees()) {
          String first = "GET /first HTTP/1.1\r\nHost: %s\r\n\r\n".formatted(authority);
          statuses.add(RawAgent.status(inside.send(first, Split.WHOLE).answer()));
        }
        String host =
            call.host().isEmpty()
                ? ""
                : "Host: %s:%d\r\n".formatted(call.host(), targets.port(call.host()));
        String request = "GET /call/%d HTTP/1.1\r\n%s\r\n".formatted(call.id(), host);
        statuses.add(RawAgent.status(inside.send(request, Split.WHOLE).answer()));
      }
    }
    return statuses;
  }

  private static boolean isControlCaught(Ground ground, List<Case> cases)
      throws IOException, InterruptedException {
    TestCa ca = ground.testbed().ca();
    try (Targets targets = Targets.start(ca, ONE, TWO);
        HostTrustingProxy proxy = new HostTrustingProxy(ca, targets.secrets())) {
      var unused =
          Crowd.each(
              AT_ONCE,
              cases.stream().filter(call -> call.opens() && !call.reused()).toList(),
              call -> sendAnyhow(call, proxy.port(), "", ca.clientContext(), targets));
      ground.say("E15", "control: " + targets.strays() + " secrets at a wrong target");
      return targets.strays() > 0;
    }
  }

  /** Some names are refused by the TLS of the proxy itself. */
  private static List<Integer> sendAnyhow(
      Case call, int port, String naming, SSLContext trust, Targets targets) {
    try {
      return send(call, port, naming, trust, targets);
    } catch (IOException noTls) {
      return List.of();
    }
  }
}
