package dev.leasehold.broker.proxy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/** An agent that says exactly the bytes it is told, and reads answers without helping. */
final class RawAgent implements AutoCloseable {
  /**
   * One answer.
   *
   * @param head with its first line
   * @param body without its chunks
   */
  record Answer(int status, String head, String body) {
    /** Empty when there is none. */
    String field(String name) {
      for (String line : head.split("\r\n", -1)) {
        if (line.toLowerCase(Locale.ROOT).startsWith(name + ":")) {
          return line.substring(name.length() + 1).strip();
        }
      }
      return "";
    }

    /** The problem's name; empty when it is none. */
    String problem() {
      int at = body.indexOf("urn:leasehold:problem:");
      return at < 0 ? "" : body.substring(at + 22, body.indexOf('"', at));
    }
  }

  private static final int PATIENCE_MILLIS = 10_000;

  private final Socket socket;
  private final InputStream in;

  private RawAgent(Socket socket) throws IOException {
    this.socket = socket;
    this.in = socket.getInputStream();
    socket.setSoTimeout(PATIENCE_MILLIS);
    socket.setTcpNoDelay(true);
  }

  static RawAgent connect(InetSocketAddress to) throws IOException {
    return new RawAgent(new Socket(to.getAddress(), to.getPort()));
  }

  /** Opens a tunnel to {@code authority} and speaks TLS in it, asking for {@code name}. */
  RawAgent tunnel(String authority, String name, String... lines) throws IOException {
    List<String> all = new ArrayList<>(List.of("CONNECT " + authority + " HTTP/1.1"));
    all.add("Host: " + authority);
    all.addAll(List.of(lines));
    Answer answer = connectAnswer(all.toArray(new String[0]));
    if (answer.status() != 200) {
      throw new IOException("no tunnel: " + answer.head());
    }
    return tls(name);
  }

  /** What a CONNECT is answered: a head, and a body only if it is no tunnel. */
  Answer connectAnswer(String... lines) throws IOException {
    head(lines);
    String head = readHead();
    int status = Integer.parseInt(head.substring(9, 12));
    Answer bare = new Answer(status, head, "");
    return status == 200
        ? bare
        : new Answer(status, head, exactly(Integer.parseInt(bare.field("content-length"))));
  }

  /**
   * TLS over what is there, with any certificate: who signs it is not what these agents look at.
   */
  RawAgent tls(String name) throws IOException {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, new TrustManager[] {new TrustsAnybody()}, null);
      SSLSocket secure =
          (SSLSocket) context.getSocketFactory().createSocket(socket, "", socket.getPort(), true);
      if (!name.isEmpty()) {
        SSLParameters parameters = secure.getSSLParameters();
        parameters.setServerNames(List.of(new SNIHostName(name)));
        secure.setSSLParameters(parameters);
      }
      secure.startHandshake();
      return new RawAgent(secure);
    } catch (GeneralSecurityException impossible) {
      throw new IOException(impossible);
    }
  }

  /** Of the certificate that TLS was spoken with. */
  X509Certificate peer() throws IOException {
    return (X509Certificate) ((SSLSocket) socket).getSession().getPeerCertificates()[0];
  }

  private static final class TrustsAnybody extends X509ExtendedTrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }

  static RawAgent slowReader(InetSocketAddress to) throws IOException {
    Socket socket = new Socket();
    socket.setReceiveBufferSize(4096);
    socket.connect(to);
    return new RawAgent(socket);
  }

  RawAgent send(String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    socket.getOutputStream().flush();
    return this;
  }

  /** Sends a head whose lines end in CRLF, and the empty line. */
  RawAgent head(String... lines) throws IOException {
    return send(String.join("\r\n", lines) + "\r\n\r\n");
  }

  Answer answer() throws IOException {
    return answer(false);
  }

  Answer answer(boolean toHead) throws IOException {
    String head = readHead();
    if (head.isEmpty()) {
      throw new IOException("closed instead of an answer");
    }
    int status = Integer.parseInt(head.substring(9, 12));
    Answer bare = new Answer(status, head, "");
    if (toHead || status < 200 || status == 204 || status == 304) {
      return bare;
    }
    String body;
    if (bare.field("transfer-encoding").equals("chunked")) {
      body = chunks();
    } else if (!bare.field("content-length").isEmpty()) {
      body = exactly(Integer.parseInt(bare.field("content-length")));
    } else {
      body = rest();
    }
    return new Answer(status, head, body);
  }

  String readHead() throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int c = in.read();
      if (c < 0) {
        return "";
      }
      head.append((char) c);
    }
    return head.toString();
  }

  String exactly(int length) throws IOException {
    byte[] bytes = in.readNBytes(length);
    if (bytes.length < length) {
      throw new IOException("the answer breaks off");
    }
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  private String chunks() throws IOException {
    StringBuilder body = new StringBuilder();
    while (true) {
      StringBuilder line = new StringBuilder();
      while (line.indexOf("\r\n") < 0) {
        int c = in.read();
        if (c < 0) {
          throw new IOException("the answer breaks off");
        }
        line.append((char) c);
      }
      int size = Integer.parseInt(line.toString().strip(), 16);
      body.append(exactly(size));
      exactly(2);
      if (size == 0) {
        return body.toString();
      }
    }
  }

  /** To the end of the connection. */
  String rest() throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    in.transferTo(all);
    return all.toString(StandardCharsets.ISO_8859_1);
  }

  /** Whether the other side closes; false when it has not for as long as an agent would wait. */
  boolean isClosedByPeer() {
    try {
      return in.read() < 0;
    } catch (SocketTimeoutException open) {
      return false;
    } catch (IOException reset) {
      return true;
    }
  }

  Socket socket() {
    return socket;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
