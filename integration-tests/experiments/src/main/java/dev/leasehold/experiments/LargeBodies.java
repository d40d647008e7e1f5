package dev.leasehold.experiments;

import dev.leasehold.experiments.RawAgent.Split;
import dev.leasehold.testbed.target.LoopbackNames;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;

/** E18: large bodies in both directions at once, and one reader who takes his time. */
final class LargeBodies implements Experiment {
  private static final String HOST = "bulk.example.test";
  private static final long MEBI = 1024 * 1024;
  private static final int PARALLEL = 8;
  private static final int SLOW_PIECE = 64 * 1024;
  private static final double MOST_MEBIBYTES = 64;
  private static final int PATIENCE_MILLIS = 120_000;

  @Override
  public String id() {
    return "E18";
  }

  @Override
  public String promise() {
    return "Bodies of any size pass unchanged, both ways at once and beside a slow reader, in"
        + " bounded memory";
  }

  @Override
  public String control() {
    return "a proxy that takes a body whole before it passes it on";
  }

  @Override
  public Outcome run(Ground ground) throws IOException, InterruptedException {
    long size = ground.scaled(1024, 64) * MEBI / PARALLEL;
    try (LoopbackNames names = LoopbackNames.start();
        BulkUpstream upstream = new BulkUpstream(ground.testbed().ca().leaf(HOST));
        Subject subject = Subject.start(ground, id(), List.of("bulk"), rules(names, upstream))) {
      Caller caller =
          new Caller(
              subject.proxyPort(),
              HOST + ":" + upstream.port(),
              subject.open().line(),
              subject.trust());
      caller.upload(MEBI);
      long before = subject.memory().resident();
      CountDownLatch done = new CountDownLatch(1);
      FutureTask<Boolean> slow = new FutureTask<>(() -> caller.readSlowly(PARALLEL * size, done));
      Thread.ofPlatform().daemon().start(slow);
      List<Boolean> up = new ArrayList<>();
      for (int i = 0; i < 2 * PARALLEL; i++) {
        up.add(i % 2 == 0);
      }
      List<Boolean> equal =
          Crowd.each(up.size(), up, one -> one ? caller.upload(size) : caller.download(size));
      double grown = (subject.memory().peak() - before) / 1024.0;
      done.countDown();
      boolean slowEqual = slow.get();
      long differ = equal.stream().filter(one -> !one).count() + (slowEqual ? 0 : 1);
      String detail =
          "%d MiB up and %d MiB down over TLS, %d streams each, one reader at 64 KiB/s; %d hashes differ"
              .formatted(size * PARALLEL / MEBI, size * PARALLEL / MEBI, PARALLEL, differ);
      return Outcome.atMost(
              2L * PARALLEL + 1, grown, "MiB", MOST_MEBIBYTES, isControlCaught(ground), detail)
          .failedBy(differ);
    } catch (ExecutionException failed) {
      throw new IOException(failed.getCause());
    }
  }

  private static String rules(LoopbackNames names, BulkUpstream upstream) {
    return """
    resolver: "%s"
    destinations:
      bulk:
        url: https://%s:%d
        environment: test
        addresses: [127.0.0.0/8]
        tls: {ca: "file:${folder}/upstream-ca.pem"}
        allow: [{methods: [GET, PUT]}]
        credential: token
    """
            .formatted(names.address(), HOST, upstream.port())
        + Subject.credentials("token");
  }

  private static boolean isControlCaught(Ground ground) throws IOException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                BufferingProxy.class.getName())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (var out = process.inputReader()) {
      int port = Integer.parseInt(out.readLine());
      long before = Subject.Memory.of(process.pid()).resident();
      try (RawAgent agent = RawAgent.connect(port, PATIENCE_MILLIS)) {
        long size = 128 * MEBI;
        agent.send("PUT / HTTP/1.1\r\nContent-Length: %d\r\n\r\n".formatted(size), Split.WHOLE);
        BulkUpstream.write(agent.socket().getOutputStream(), size);
        var unused = agent.head();
      }
      double grown = (Subject.Memory.of(process.pid()).peak() - before) / 1024.0;
      ground.say("E18", "control: %.0f MiB more resident".formatted(grown));
      return grown > MOST_MEBIBYTES;
    } finally {
      process.destroyForcibly();
    }
  }

  /** Each returns whether the bytes that arrived were those that were sent. */
  private record Caller(int port, String authority, String naming, SSLContext trust) {
    private RawAgent open() throws IOException {
      RawAgent agent = RawAgent.connect(port, PATIENCE_MILLIS);
      agent.send(
          "CONNECT %1$s HTTP/1.1\r\nHost: %1$s\r\n%2$s\r\n".formatted(authority, naming),
          Split.WHOLE);
      if (RawAgent.status(agent.head()) != 200) {
        throw new IOException("no tunnel");
      }
      return agent.secure(trust, List.of(new RawAgent.Name(HOST)));
    }

    boolean upload(long size) throws IOException {
      try (RawAgent agent = open()) {
        agent.send(
            "PUT /ok/up HTTP/1.1\r\nHost: %s\r\nContent-Length: %d\r\n\r\n"
                .formatted(authority, size),
            Split.WHOLE);
        BulkUpstream.write(agent.socket().getOutputStream(), size);
        return agent.answer().endsWith(BulkUpstream.hash(size));
      }
    }

    private Socket get(RawAgent agent, long size) throws IOException {
      String head = "GET /ok/%d HTTP/1.1\r\nHost: %s\r\n\r\n".formatted(size, authority);
      if (RawAgent.status(agent.send(head, Split.WHOLE).head()) != 200) {
        throw new IOException("no download");
      }
      return agent.socket();
    }

    boolean download(long size) throws IOException {
      try (RawAgent agent = open()) {
        InputStream in = get(agent, size).getInputStream();
        return BulkUpstream.hash(in, size).equals(BulkUpstream.hash(size));
      }
    }

    /** Reads on at 64 KiB a second until the others are done, and compares what it has. */
    boolean readSlowly(long size, CountDownLatch done) throws IOException, InterruptedException {
      try (RawAgent agent = open()) {
        InputStream in = get(agent, size).getInputStream();
        java.security.MessageDigest digest = BulkUpstream.digest();
        long read = 0;
        do {
          byte[] piece = in.readNBytes(SLOW_PIECE);
          digest.update(piece);
          read += piece.length;
        } while (!done.await(1, TimeUnit.SECONDS));
        String hash = java.util.HexFormat.of().formatHex(digest.digest());
        return hash.equals(BulkUpstream.hash(read));
      }
    }
  }
}
