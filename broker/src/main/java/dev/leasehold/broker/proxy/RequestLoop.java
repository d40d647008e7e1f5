package dev.leasehold.broker.proxy;

import dev.leasehold.broker.http.Framing;
import dev.leasehold.broker.http.MalformedMessage;
import dev.leasehold.broker.http.RequestHead;
import io.netty.buffer.ByteBuf;

/**
 * Takes requests out of an agent's bytes, one after the other, and hands each to a {@link
 * ProxyCall}. What comes before a call is over waits, unread where it is much. On the connection's
 * event loop.
 */
final class RequestLoop {
  /** Of the requests behind the one that is served. */
  private static final int MOST_AHEAD = 64 * 1024;

  private final Serving serving;
  private final AgentConnection connection;
  private final Incoming incoming;
  private final Lifetime lifetime;
  private boolean running;

  RequestLoop(Serving serving, AgentConnection connection, Incoming incoming, Lifetime lifetime) {
    this.serving = serving;
    this.connection = connection;
    this.incoming = incoming;
    this.lifetime = lifetime;
  }

  /** Goes on with what has come; not re-entrant. */
  void run() {
    if (running) {
      return;
    }
    running = true;
    try {
      while (!connection.isLeaving() && step()) {
        // as far as it goes
      }
    } catch (MalformedMessage malformed) {
      ProxyCall broken = connection.call();
      if (broken == null) {
        broken = connection.serve(new ProxyCall(serving, connection));
      }
      lifetime.ends();
      broken.refuse(Refusals.of(malformed).closing());
    } finally {
      running = false;
    }
    if (connection.isLeaving()) {
      incoming.clear();
    } else {
      incoming.trim();
    }
  }

  /** Nothing more will be taken. */
  void stop() {
    if (!running) {
      incoming.clear();
    }
  }

  /** False when nothing more can be done with the bytes that are there. */
  private boolean step() throws MalformedMessage {
    if (connection.isTunnel()) {
      return false; // what comes before the tunnel is open is none of its bytes
    }
    ProxyCall call = connection.call();
    return call == null ? head() : body(call);
  }

  private boolean head() throws MalformedMessage {
    if (incoming.size() == 0) {
      return false;
    }
    if (!connection.channel().isWritable()) {
      connection.read(false); // whoever does not read answers gets no more of them
      return false;
    }
    lifetime.headBegins();
    byte[] head = incoming.head();
    if (head != null) {
      begin(head);
    }
    return head != null;
  }

  private void begin(byte[] bytes) throws MalformedMessage {
    RequestHead head = RequestHead.parse(bytes);
    Framing framing = Framing.ofRequest(head);
    lifetime.asked(head);
    incoming.expect(framing);
    if (head.method().equals("CONNECT")) {
      new TunnelRequest(serving, connection).begin(head, framing);
    } else {
      connection.serve(new ProxyCall(serving, connection)).begin(head, framing, bytes.length);
    }
  }

  private boolean body(ProxyCall call) throws MalformedMessage {
    if (incoming.isBodyOver()) {
      if (incoming.size() > MOST_AHEAD) {
        connection.read(false);
      }
      return false;
    }
    HeldBody held = call.held();
    if (held != null && held.takesMore()) {
      return hold(held);
    }
    RequestStream request = connection.sending();
    if (request == null || !request.isWritable()) {
      connection.read(false);
      return false;
    }
    ByteBuf piece = incoming.bodyPiece();
    Refusal excess = piece == null ? null : request.body(piece);
    if (excess != null) {
      call.refuse(excess);
    } else if (incoming.isBodyOver()) {
      request.end();
    }
    return piece != null || incoming.isBodyOver(); // the call may be over as well
  }

  private boolean hold(HeldBody held) throws MalformedMessage {
    ByteBuf piece = incoming.bodyPiece();
    if (piece != null || incoming.isBodyOver()) {
      held.take(piece);
      return true;
    }
    return false;
  }
}
