package dev.leasehold.testbed.target;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLSocket;

/**
 * One connection that an upstream got: every byte of it is kept. The reading methods are for the
 * script of {@link RecordingUpstream}, on its thread; what was received may be asked by any thread.
 */
public final class Conversation {

  private static final Pattern LENGTH = Pattern.compile("(?im)^content-length:[ \t]*([0-9]+)");
  private static final Pattern CHUNKED = Pattern.compile("(?im)^transfer-encoding:.*chunked");

  private final Socket socket;
  private final InputStream in;
  private final ByteArrayOutputStream received = new ByteArrayOutputStream();

  Conversation(Socket socket) throws IOException {
    this.socket = socket;
    this.in = socket.getInputStream();
  }

  /** Everything received so far. */
  public byte[] received() {
    return received.toByteArray();
  }

  /** Everything received so far, each byte as the character of its number. */
  public String text() {
    return received.toString(ISO_8859_1);
  }

  /** The name that the client asked for by SNI; empty without one or without TLS. */
  public String serverName() {
    if (socket instanceof SSLSocket tls && tls.getSession() instanceof ExtendedSSLSession session) {
      List<SNIServerName> names = session.getRequestedServerNames();
      return names.isEmpty() ? "" : new String(names.getFirst().getEncoded(), ISO_8859_1);
    }
    return "";
  }

  /** Reads on until an empty line has been read; {@link EOFException} if the client ends first. */
  public String readHead() throws IOException {
    return readUntil("\r\n\r\n");
  }

  /** Reads a whole request by what its head says of its body. */
  public String readRequest() throws IOException {
    String head = readHead();
    if (CHUNKED.matcher(head).find()) {
      String body = "";
      while (!body.endsWith("0\r\n\r\n")) {
        body += readUntil("\r\n");
      }
      return head + body;
    }
    Matcher length = LENGTH.matcher(head);
    return length.find() ? head + read(Integer.parseInt(length.group(1))) : head;
  }

  /** Reads exactly so many bytes. */
  public String read(int count) throws IOException {
    StringBuilder bytes = new StringBuilder();
    for (int i = 0; i < count; i++) {
      bytes.append(next());
    }
    return bytes.toString();
  }

  /** Reads until the client ends its side. */
  public void readToEnd() throws IOException {
    int next = in.read();
    while (next >= 0) {
      keep(next);
      next = in.read();
    }
  }

  private String readUntil(String end) throws IOException {
    StringBuilder bytes = new StringBuilder();
    while (bytes.length() < end.length() || bytes.indexOf(end, bytes.length() - end.length()) < 0) {
      bytes.append(next());
    }
    return bytes.toString();
  }

  private char next() throws IOException {
    int next = in.read();
    if (next < 0) {
      throw new EOFException("the client ended the connection");
    }
    keep(next);
    return (char) next;
  }

  private void keep(int next) {
    received.write(next);
  }

  /** Sends each character as the byte of its number, at once. */
  public void write(String bytes) throws IOException {
    socket.getOutputStream().write(bytes.getBytes(ISO_8859_1));
    socket.getOutputStream().flush();
  }

  /** Ends the connection with an RST instead of a FIN. */
  public void reset() throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }
}
