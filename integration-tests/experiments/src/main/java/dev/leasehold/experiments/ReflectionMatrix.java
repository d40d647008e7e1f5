package dev.leasehold.experiments;

import dev.leasehold.experiments.RawAgent.Split;
import dev.leasehold.experiments.Reflection.Framing;
import dev.leasehold.testbed.target.Conversation;
import dev.leasehold.testbed.target.LoopbackNames;
import dev.leasehold.testbed.target.RecordingUpstream;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** E12: targets that send back the credential they were given. */
final class ReflectionMatrix implements Experiment {
  private static final String WITH = "with.example.test";
  private static final String WITHOUT = "without.example.test";
  private static final int AT_ONCE = 8;
  private static final int PATIENCE_MILLIS = 20_000;
  private static final int MEBI = 1024 * 1024;

  @Override
  public String id() {
    return "E12";
  }

  @Override
  public String promise() {
    return "A credential that comes back in a form of the table in redaction.md does not reach the"
        + " agent, and nothing else of the answer is changed";
  }

  @Override
  public String control() {
    return "a proxy that searches nothing";
  }

  @Override
  public Outcome run(Ground ground) throws IOException, InterruptedException {
    String secret = secret(new Random(ground.seed()));
    ground
        .testbed()
        .vaultAdmin()
        .write(
            "kv/data/reflected",
            new JsonObject().put("data", new JsonObject().put("token", secret)))
        .orThrow();
    try (LoopbackNames names = LoopbackNames.start();
        RecordingUpstream with = RecordingUpstream.start(upstream -> reflect(upstream, secret));
        RecordingUpstream without = RecordingUpstream.start(upstream -> reflect(upstream, secret));
        Subject subject =
            Subject.start(ground, id(), List.of("with", "without"), rules(names, with, without))) {
      String naming = subject.open().line();
      Caller injected = new Caller(subject.proxyPort(), url(WITH, with), naming);
      Caller bare = new Caller(subject.proxyPort(), url(WITHOUT, without), naming);
      List<Reflection> cases = cases(ground);
      List<Faults> found = Crowd.each(AT_ONCE, cases, one -> injected.faults(one, secret));
      if (!with.text().contains("Bearer " + secret)) {
        throw new IOException("the credential was not injected");
      }
      List<Reflection> others =
          cases.stream()
              .filter(one -> one.framing() != Framing.GZIP && one.padding() < MEBI)
              .toList();
      found =
          Stream.concat(
                  found.stream(),
                  Crowd.each(AT_ONCE, others, one -> bare.faults(one, secret)).stream())
              .toList();
      found.stream().filter(Faults::any).limit(20).forEach(one -> ground.say(id(), one.toString()));
      long leaked = found.stream().filter(Faults::leaked).count();
      long changed = found.stream().filter(Faults::changed).count();
      String detail =
          "%d forms x %d places x %d framings; %d leaked, %d changed otherwise. Not covered, and seen to pass: %s"
              .formatted(
                  covered().size(),
                  Reflection.Place.values().length,
                  Framing.values().length,
                  leaked,
                  changed,
                  notCovered(injected, secret));
      return Outcome.none(
          found.size(), leaked + changed, "answers", isControlCaught(ground, with, secret), detail);
    }
  }

  /** With every sort of character that somebody escapes. */
  private static String secret(Random random) {
    StringBuilder secret = new StringBuilder("c4n/\"<&+%");
    String letters = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789";
    for (int i = 0; i < 24; i++) {
      secret.append(letters.charAt(random.nextInt(letters.length())));
    }
    return secret.toString();
  }

  private static List<Spelling> covered() {
    return Stream.of(Spelling.values()).filter(Spelling::isCovered).toList();
  }

  private static List<Reflection> cases(Ground ground) {
    List<Reflection> cases = new ArrayList<>();
    if (ground.brief()) {
      cases.addAll(Reflection.all(covered(), 1, 8191));
      cases.addAll(Reflection.all(List.of(Spelling.RAW), MEBI));
    } else {
      cases.addAll(Reflection.all(covered(), 1, 7, 1024, 8191, 8192, 8193, 65_536, MEBI));
      cases.addAll(Reflection.all(List.of(Spelling.RAW), 32 * MEBI));
    }
    return cases;
  }

  private static String url(String host, RecordingUpstream upstream) {
    return "http://" + host + ":" + upstream.address().getPort();
  }

  private static String rules(
      LoopbackNames names, RecordingUpstream with, RecordingUpstream without) {
    return """
    resolver: "%s"
    destinations:
      with:
        url: %s
        environment: test
        addresses: [127.0.0.0/8]
        allow: [{methods: [GET]}]
        unsafe-plaintext: true
        credential: reflected
      without:
        url: %s
        addresses: [127.0.0.0/8]
        allow: [{methods: [GET]}]
    """
            .formatted(names.address(), url(WITH, with), url(WITHOUT, without))
        + Subject.credentials("reflected");
  }

  private static void reflect(Conversation conversation, String secret) throws IOException {
    while (true) {
      String request = conversation.readRequest();
      String target = request.split(" ", 3)[1];
      Reflection wanted = Reflection.parse(target.replaceFirst("^http://[^/]*", ""));
      for (String piece : wanted.wire(secret)) {
        conversation.write(piece);
      }
      if (wanted.framing() == Framing.CLOSE || request.contains("Connection: close")) {
        return;
      }
    }
  }

  /** What got through although it is none of the forms. */
  private static String notCovered(Caller caller, String secret) throws IOException {
    List<String> words = new ArrayList<>();
    for (Spelling spelling : Spelling.values()) {
      Reflection one = new Reflection(spelling, Reflection.Place.MIDDLE, 1, Framing.LENGTH);
      if (!spelling.isCovered() && caller.faults(one, secret).leaked()) {
        words.add(spelling.word());
      }
    }
    return words.stream().collect(Collectors.joining(", "));
  }

  private static boolean isControlCaught(Ground ground, RecordingUpstream upstream, String secret)
      throws IOException, InterruptedException {
    List<Reflection> cases =
        Reflection.all(covered(), 1, 8191).stream()
            .filter(one -> one.framing() != Framing.GZIP)
            .toList();
    try (SpliceProxy proxy = new SpliceProxy(upstream.address().getPort())) {
      Caller caller = new Caller(proxy.port(), url(WITH, upstream), "");
      long leaked =
          Crowd.each(AT_ONCE, cases, one -> caller.faults(one, secret)).stream()
              .filter(Faults::leaked)
              .count();
      ground.say("E12", "control: %d of %d leaked".formatted(leaked, cases.size()));
      return leaked == cases.size();
    }
  }

  /**
   * @param leaked the agent got the secret
   * @param changed the answer has another status or length than it had
   */
  private record Faults(Reflection of, boolean leaked, boolean changed) {
    boolean any() {
      return leaked || changed;
    }
  }

  private record Caller(int port, String base, String naming) {
    Faults faults(Reflection one, String secret) throws IOException {
      String host = base.substring("http://".length());
      try (RawAgent agent = RawAgent.connect(port, PATIENCE_MILLIS)) {
        agent.send(
            "GET %s%s HTTP/1.1\r\nHost: %s\r\n%sConnection: close\r\n\r\n"
                .formatted(base, one.path(), host, naming),
            Split.WHOLE);
        String answer = Reflection.content(agent.rest());
        boolean leaked = answer.contains(secret) || answer.contains(one.spelling().write(secret));
        int body = answer.length() - answer.indexOf("\r\n\r\n") - 4;
        return new Faults(
            one, leaked, RawAgent.status(answer) != 200 || body != one.body(secret).length());
      }
    }
  }
}
