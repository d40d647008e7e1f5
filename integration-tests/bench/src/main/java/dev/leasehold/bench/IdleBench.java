package dev.leasehold.bench;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.leasehold.bench.Measure.Peer;
import dev.leasehold.testbed.Needs;
import dev.leasehold.testbed.Testbed;
import dev.leasehold.testbed.server.ServerProcess;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What connections cost over which a call was made, and that wait for the next one. */
final class IdleBench implements Bench {
  private static final int CONNECTIONS = 5000;

  /** A first few, so that what is loaded and grown once is not counted. */
  private static final int WARM_UP = 500;

  private static final double GOAL_KIBIBYTES = 15;

  @Override
  public String name() {
    return "idle";
  }

  @Override
  public List<Needed> needs() {
    return List.of(new Needed("nginx", "nginx-light"), new Needed("taskset", "util-linux"));
  }

  @Override
  public List<Measure> measure(Duration load) {
    try (Testbed testbed = Testbed.start(Needs.VAULT, Needs.WORKLOAD_API)) {
      SecureUpstream upstream = SecureUpstream.start(testbed);
      String rules =
          "destinations:\n"
              + upstream.destination("target", "/**", "credential: token")
              + Subject.bearerToken("a benchmark of waiting connections");
      Subject subject = Subject.prepare(testbed, rules, "target");
      ServerProcess leasehold = subject.serve(Cores.measured());
      try (TaskApi tasks = subject.tasks()) {
        return List.of(grown(subject.call(tasks.open(), upstream.items()), leasehold.pid()));
      }
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  private static Measure grown(Call call, long pid) throws IOException {
    List<Socket> open = new ArrayList<>();
    try {
      for (int i = 0; i < WARM_UP; i++) {
        open.add(connect(call));
      }
      double before = Resident.mebibytes(pid);
      for (int i = 0; i < CONNECTIONS; i++) {
        open.add(connect(call));
      }
      double grown = Resident.mebibytes(pid) - before;
      return Measure.atMost(
          "idle",
          "memory of one idle connection",
          "KiB",
          grown * 1024 / CONNECTIONS,
          GOAL_KIBIBYTES,
          Peer.NONE);
    } finally {
      open.forEach(IdleBench::close);
    }
  }

  private static Socket connect(Call call) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), call.port());
    socket.setSoTimeout(20_000);
    socket.setTcpNoDelay(true);
    socket.getOutputStream().write(call.connect().getBytes(ISO_8859_1));
    head(socket.getInputStream());
    Socket tls = AnyCertificate.over(socket, call.target().getHost());
    tls.getOutputStream().write(call.text().getBytes(ISO_8859_1));
    head(tls.getInputStream());
    return tls;
  }

  private static void head(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int c = in.read();
      if (c < 0) {
        throw new IOException("closed after: " + head);
      }
      head.append((char) c);
    }
    if (!head.toString().startsWith("HTTP/1.1 200")) {
      byte[] body = in.readNBytes(Math.min(in.available(), 1000));
      throw new IOException("answered: " + head + new String(body, ISO_8859_1));
    }
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException already) {
      System.err.println("not closed: " + already.getMessage());
    }
  }
}
