package dev.leasehold.broker.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * What a connection's bytes are taken for, read as the proxy reads them: heads and bodies one after
 * the other, fed in any pieces.
 *
 * @param messages each as {@code METHOD target|body}, or {@code status|body}
 * @param end {@code clean}, {@code within} a message, or the rule that was broken
 */
record Parsed(List<String> messages, String end) {
  static final String CLEAN = "clean";
  static final String WITHIN = "within";

  /** Whether a rule was broken. */
  boolean isRefused() {
    return !end.equals(CLEAN) && !end.equals(WITHIN);
  }

  /** Requests, as an agent sends them. */
  static Parsed requests(String stream, int... cuts) {
    return read(stream.getBytes(StandardCharsets.ISO_8859_1), true, cuts);
  }

  /** Answers, as a target sends them; the connection ends with the last byte. */
  static Parsed answers(String stream, int... cuts) {
    return read(stream.getBytes(StandardCharsets.ISO_8859_1), false, cuts);
  }

  private static Parsed read(byte[] stream, boolean requests, int... cuts) {
    Reading reading = new Reading(requests);
    ByteBuf in = Unpooled.buffer();
    int from = 0;
    try {
      for (int cut : cuts) {
        in.writeBytes(stream, from, cut - from);
        from = cut;
        reading.take(in);
      }
      in.writeBytes(stream, from, stream.length - from);
      reading.take(in);
      return new Parsed(reading.messages, reading.end(in));
    } catch (MalformedMessage malformed) {
      return new Parsed(reading.messages, malformed.rule());
    } finally {
      in.release();
    }
  }

  private static final class Reading {
    private final boolean requests;
    private final HeadReader heads = new HeadReader(8192, 16_384, 100);
    private final BodyReader body;
    private final List<String> messages = new ArrayList<>();
    private final StringBuilder content = new StringBuilder();
    private String first = "";
    private boolean inBody;

    Reading(boolean requests) {
      this.requests = requests;
      this.body = requests ? BodyReader.strict() : BodyReader.lenient();
    }

    void take(ByteBuf in) throws MalformedMessage {
      while (in.isReadable()) {
        if (!inBody) {
          byte[] head = heads.read(in);
          if (head == null) {
            return;
          }
          begin(head);
        }
        ByteBuf piece = body.read(in);
        while (piece != null) {
          content.append(piece.toString(StandardCharsets.ISO_8859_1));
          piece.release();
          piece = body.read(in);
        }
        if (!body.isDone()) {
          return;
        }
        over();
      }
    }

    private void begin(byte[] head) throws MalformedMessage {
      if (requests) {
        RequestHead request = RequestHead.parse(head);
        first = request.method() + " " + request.target();
        body.begin(Framing.ofRequest(request));
      } else {
        ResponseHead answer = ResponseHead.parse(head);
        first = Integer.toString(answer.status());
        body.begin(Framing.ofResponse(answer, false));
      }
      inBody = true;
    }

    private void over() {
      messages.add(first + "|" + content);
      content.setLength(0);
      inBody = false;
    }

    String end(ByteBuf in) {
      if (inBody && body.endOfStream()) {
        over();
      }
      return inBody || heads.isWithin() || in.isReadable() ? WITHIN : CLEAN;
    }
  }
}
