package dev.leasehold.experiments;

import dev.leasehold.experiments.Payload.Door;
import dev.leasehold.experiments.Payload.Place;
import dev.leasehold.experiments.RawAgent.Split;
import java.io.IOException;
import java.util.List;
import javax.net.ssl.SSLContext;

/** The ways into one Leasehold for one task. */
final class Doors {
  static final int MARK = 0;
  private static final int PATIENCE_MILLIS = 4000;

  private final Subject subject;
  private final Subject.Task task;
  private final String tlsHost;
  private final SSLContext trust;
  private final Place proxied;
  private final Place tunnelled;
  private final Place endpoint;

  Doors(Subject subject, Subject.Task task, String plain, String tlsHost, int tlsPort)
      throws IOException {
    this.tlsHost = tlsHost;
    String tunnel = tlsHost + ":" + tlsPort;
    this.subject = subject;
    this.task = task;
    this.trust = subject.trust();
    this.proxied = new Place("http://" + plain, plain, task.line(), tunnel);
    this.tunnelled = new Place("", tunnel, "", tunnel);
    this.endpoint = new Place("", "127.0.0.1:" + task.endpoint("plain"), "", tunnel);
  }

  Place proxied() {
    return proxied;
  }

  /** What was answered. */
  String send(Attempt one) throws IOException {
    return switch (one.door()) {
      case PLAIN, PROXY -> direct(subject.proxyPort(), one.payload().bytes(proxied, one.id()), one);
      case ENDPOINT -> direct(task.endpoint("plain"), one.payload().bytes(endpoint, one.id()), one);
      case TUNNEL -> within(one.payload().bytes(tunnelled, one.id()), one.split());
    };
  }

  private static String direct(int port, String bytes, Attempt one) throws IOException {
    try (RawAgent agent = RawAgent.connect(port, PATIENCE_MILLIS)) {
      return agent.send(bytes, one.split()).rest();
    }
  }

  private String within(String bytes, Split split) throws IOException {
    try (RawAgent agent = RawAgent.connect(subject.proxyPort(), PATIENCE_MILLIS)) {
      String open = agent.send(connect(), Split.WHOLE).head();
      if (RawAgent.status(open) != 200) {
        throw new IOException("no tunnel: " + open);
      }
      try (RawAgent inside = agent.secure(trust, List.of(new RawAgent.Name(tlsHost)))) {
        return inside.send(bytes, split).rest();
      }
    }
  }

  private String connect() {
    return "CONNECT %1$s HTTP/1.1\r\nHost: %1$s\r\n%2$s\r\n"
        .formatted(tunnelled.tunnel(), task.line());
  }

  /** One last call to each target: what came before it is in the audit log when it is answered. */
  void mark() throws IOException {
    String request = "GET %s/ok/0 HTTP/1.1\r\nHost: %s\r\n%sConnection: close\r\n\r\n";
    Attempt end = new Attempt(MARK, new Payload("end", 1, "all", ""), Door.PLAIN, Split.WHOLE);
    String one =
        direct(
            subject.proxyPort(),
            request.formatted(proxied.base(), proxied.host(), proxied.naming()),
            end);
    String two = within(request.formatted("", tunnelled.host(), ""), Split.WHOLE);
    if (RawAgent.status(one) != 200 || RawAgent.status(two) != 200) {
      throw new IOException("the last call was not served: " + one + two);
    }
  }
}
