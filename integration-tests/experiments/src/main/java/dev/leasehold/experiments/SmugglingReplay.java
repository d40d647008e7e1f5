package dev.leasehold.experiments;

import dev.leasehold.experiments.Payload.Door;
import dev.leasehold.experiments.RawAgent.Split;
import dev.leasehold.testbed.target.Conversation;
import dev.leasehold.testbed.target.LoopbackNames;
import dev.leasehold.testbed.target.RecordingUpstream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** E13: requests that two readers could take for different ones. */
final class SmugglingReplay implements Experiment {
  private static final String PLAIN = "plain.example.test";
  private static final String TLS = "tls.example.test";
  private static final int AT_ONCE = 16;
  private static final int CONTROL_PATIENCE_MILLIS = 500;

  @Override
  public String id() {
    return "E13";
  }

  @Override
  public String promise() {
    return "Requests that arrive at targets are the calls that the audit log allowed;"
        + " what can be read in two ways does not arrive";
  }

  @Override
  public String control() {
    return "a proxy that decides on the first head and passes the rest as it is";
  }

  @Override
  public Outcome run(Ground ground) throws IOException, InterruptedException {
    List<Attempt> cases = cases();
    Collections.shuffle(cases, new Random(ground.seed()));
    try (LoopbackNames names = LoopbackNames.start();
        RecordingUpstream plain = RecordingUpstream.start(SmugglingReplay::answer);
        RecordingUpstream tls =
            RecordingUpstream.start(SmugglingReplay::answer, ground.testbed().ca().leaf(TLS));
        Subject subject =
            Subject.start(ground, id(), List.of("plain", "tls"), rules(names, plain, tls))) {
      String plainHost = PLAIN + ":" + plain.address().getPort();
      Doors doors =
          new Doors(subject, subject.open("plain"), plainHost, TLS, tls.address().getPort());
      List<Boolean> readable =
          Crowd.each(
              AT_ONCE,
              cases,
              one -> {
                String answer = doors.send(one);
                return answer.startsWith("HTTP/1.1 4") || answer.startsWith("HTTP/1.1 5");
              });
      doors.mark();
      Tally tally =
          new Tally(
              Stream.of(plain, tls)
                  .flatMap(upstream -> upstream.conversations().stream())
                  .map(Conversation::text)
                  .toList(),
              subject.audit().allowed());
      cases.forEach(one -> tally.judge(one.id(), one.name(), one.payload().reach()));
      tally.judge(Doors.MARK, "the end", 2);
      tally.faults().forEach(fault -> ground.say(id(), fault));
      String detail =
          "%d payloads; %d surplus, %d ambiguous accepted, %d good ones lost; %d cases were refused with an answer"
              .formatted(
                  Payload.all().size(),
                  tally.surplus(),
                  tally.ambiguous(),
                  tally.lost(),
                  Collections.frequency(readable, true));
      return Outcome.none(
          cases.size(),
          tally.surplus() + tally.ambiguous() + tally.lost(),
          "requests",
          isControlCaught(ground, doors),
          detail);
    }
  }

  private static List<Attempt> cases() throws IOException {
    List<Attempt> cases = new ArrayList<>();
    for (Payload payload : Payload.all()) {
      for (Door door : Door.values()) {
        for (Split split : Split.values()) {
          if (payload.isFor(door)) {
            cases.add(new Attempt(cases.size() + 1, payload, door, split));
          }
        }
      }
    }
    return cases;
  }

  /** Answers all that looks like a request; what cannot be read is the end. */
  private static void answer(Conversation conversation) throws IOException {
    try {
      while (true) {
        var unused = conversation.readRequest();
        conversation.write(RecordingUpstream.OK);
      }
    } catch (NumberFormatException length) {
      throw new IOException(length);
    }
  }

  private static String rules(LoopbackNames names, RecordingUpstream plain, RecordingUpstream tls) {
    return """
    resolver: "%s"
    destinations:
      plain:
        url: http://%s:%d
        environment: test
        addresses: [127.0.0.0/8]
        allow: [{paths: ["/ok/**"]}]
        unsafe-plaintext: true
        credential: token
      tls:
        url: https://%s:%d
        environment: test
        addresses: [127.0.0.0/8]
        tls: {ca: "file:${folder}/upstream-ca.pem"}
        allow: [{paths: ["/ok/**"]}]
        credential: token
    """
            .formatted(
                names.address(), PLAIN, plain.address().getPort(), TLS, tls.address().getPort())
        + Subject.credentials("token");
  }

  private static boolean isControlCaught(Ground ground, Doors doors)
      throws IOException, InterruptedException {
    List<Attempt> cases =
        cases().stream()
            .filter(one -> one.door() == Door.PLAIN && one.split() == Split.WHOLE)
            .toList();
    try (RecordingUpstream upstream = RecordingUpstream.start(SmugglingReplay::answer);
        SpliceProxy proxy = new SpliceProxy(upstream.address().getPort())) {
      var unused =
          Crowd.each(
              AT_ONCE,
              cases,
              one -> {
                try (RawAgent agent = RawAgent.connect(proxy.port(), CONTROL_PATIENCE_MILLIS)) {
                  String bytes = one.payload().bytes(doors.proxied(), one.id());
                  return agent.send(bytes, Split.WHOLE).rest();
                }
              });
      Tally tally =
          new Tally(
              upstream.conversations().stream().map(Conversation::text).toList(), proxy.allowed());
      cases.forEach(one -> tally.judge(one.id(), one.name(), one.payload().reach()));
      ground.say(
          "E13",
          "control: %d surplus, %d ambiguous accepted"
              .formatted(tally.surplus(), tally.ambiguous()));
      return tally.surplus() > 0 && tally.ambiguous() > 0;
    }
  }
}
