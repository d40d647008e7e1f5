package dev.leasehold.broker.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Any bytes at all, as an agent may send them. The seeds run with every build. */
final class RequestFuzzTest {
  private record Field(String name, String value) {}

  private record Request(
      String method,
      String target,
      boolean version11,
      List<Field> fields,
      Framing framing,
      String body) {}

  /**
   * @param requests those that were there whole
   * @param refused whether what came behind them was
   */
  private record Conversation(List<Request> requests, boolean refused) {}

  @FuzzTest
  void acceptedRequestsAreReadTheSameWhenCutOtherwiseOrWrittenAnew(byte[] stream) {
    Conversation whole = read(stream, stream.length);

    assertEquals(whole, read(stream, 1));
    assertEquals(whole, read(stream, 7));
    assertEquals(
        new Conversation(whole.requests(), false),
        read(write(whole.requests()), Integer.MAX_VALUE));
  }

  private static Conversation read(byte[] stream, int step) {
    List<Request> requests = new ArrayList<>();
    HeadReader heads = new HeadReader(8192, 16_384, 100);
    BodyReader bodies = BodyReader.strict();
    ByteBuf in = Unpooled.buffer();
    RequestHead head = null;
    StringBuilder body = new StringBuilder();
    try {
      for (int from = 0; from < stream.length; from += step) {
        in.writeBytes(stream, from, Math.min(step, stream.length - from));
        while (true) {
          if (head == null) {
            byte[] bytes = heads.read(in);
            if (bytes == null) {
              break;
            }
            head = RequestHead.parse(bytes);
            bodies.begin(Framing.ofRequest(head));
          }
          ByteBuf piece;
          while ((piece = bodies.read(in)) != null) {
            body.append(piece.toString(StandardCharsets.ISO_8859_1));
            piece.release();
          }
          if (!bodies.isDone()) {
            break;
          }
          requests.add(request(head, body.toString()));
          head = null;
          body.setLength(0);
        }
        if (step > stream.length - from) {
          break; // the next step would not fit into an int
        }
      }
      return new Conversation(requests, false);
    } catch (MalformedMessage refused) {
      return new Conversation(requests, true);
    } finally {
      in.release();
    }
  }

  private static Request request(RequestHead head, String body) throws MalformedMessage {
    List<Field> fields = new ArrayList<>();
    for (int i = 0; i < head.fields().size(); i++) {
      fields.add(new Field(head.fields().name(i), head.fields().value(i)));
    }
    return new Request(
        head.method(), head.target(), head.isVersion11(), fields, Framing.ofRequest(head), body);
  }

  private static byte[] write(List<Request> requests) {
    StringBuilder out = new StringBuilder();
    for (Request request : requests) {
      out.append(request.method()).append(' ').append(request.target());
      out.append(request.version11() ? " HTTP/1.1\r\n" : " HTTP/1.0\r\n");
      for (Field field : request.fields()) {
        out.append(field.name()).append(": ").append(field.value()).append("\r\n");
      }
      out.append("\r\n");
      if (request.framing() != Framing.CHUNKED) {
        out.append(request.body());
        continue;
      }
      if (!request.body().isEmpty()) {
        out.append(Integer.toHexString(request.body().length())).append("\r\n");
        out.append(request.body()).append("\r\n");
      }
      out.append("0\r\n\r\n");
    }
    return out.toString().getBytes(StandardCharsets.ISO_8859_1);
  }
}
