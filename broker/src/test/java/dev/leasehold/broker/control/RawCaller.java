package dev.leasehold.broker.control;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** A connection to the API that sends exactly what it is told. */
final class RawCaller implements AutoCloseable {
  /** An answer; header names in lower case. */
  record Got(int status, Map<String, String> headers, String body) {
    JsonValue.JsonObject json() {
      return (JsonValue.JsonObject) JsonReader.read(body.getBytes(StandardCharsets.UTF_8));
    }

    /** A member's text, number or boolean. */
    String member(String name) {
      return text(json().member(name).orElseThrow(() -> new AssertionError(name + ": " + body)));
    }

    String problem() {
      return member("type").replace("urn:leasehold:problem:", "");
    }

    static String text(JsonValue value) {
      return switch (value) {
        case JsonValue.JsonText(String text) -> text;
        case JsonValue.JsonNumber(java.math.BigDecimal number) -> number.toPlainString();
        case JsonValue.JsonBoolean(boolean bool) -> Boolean.toString(bool);
        case JsonValue.JsonArray array ->
            array.elements().stream().map(Got::text).toList().toString();
        case JsonValue.JsonObject object -> object.members().toString();
        case JsonValue.JsonNull none -> "null";
      };
    }
  }

  private final SocketChannel channel;
  private final ByteArrayOutputStream received = new ByteArrayOutputStream();

  RawCaller(SocketAddress address) throws IOException {
    channel =
        address instanceof UnixDomainSocketAddress
            ? SocketChannel.open(StandardProtocolFamily.UNIX)
            : SocketChannel.open();
    channel.connect(address);
  }

  void write(String text) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  Got read() throws IOException {
    int end;
    while ((end = text().indexOf("\r\n\r\n")) < 0) {
      more();
    }
    String[] lines = text().substring(0, end).split("\r\n", -1);
    Map<String, String> headers = new HashMap<>();
    for (int i = 1; i < lines.length; i++) {
      int colon = lines[i].indexOf(':');
      headers.put(
          lines[i].substring(0, colon).toLowerCase(Locale.ROOT),
          lines[i].substring(colon + 1).strip());
    }
    int length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
    while (received.size() < end + 4 + length) {
      more();
    }
    byte[] all = received.toByteArray();
    received.reset();
    received.write(all, end + 4 + length, all.length - end - 4 - length);
    return new Got(
        Integer.parseInt(lines[0].split(" ", 3)[1]),
        headers,
        new String(all, end + 4, length, StandardCharsets.UTF_8));
  }

  /** Whether the other end has closed, after whatever was still to be read. */
  boolean isClosedByOther() throws IOException {
    ByteBuffer rest = ByteBuffer.allocate(4096);
    while (true) {
      rest.clear();
      try {
        if (channel.read(rest) < 0) {
          return true;
        }
      } catch (IOException reset) {
        return true;
      }
    }
  }

  private String text() {
    return received.toString(StandardCharsets.ISO_8859_1);
  }

  private void more() throws IOException {
    ByteBuffer part = ByteBuffer.allocate(8192);
    int count = channel.read(part);
    if (count < 0) {
      throw new IOException("closed after: " + text());
    }
    received.write(part.array(), 0, count);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
