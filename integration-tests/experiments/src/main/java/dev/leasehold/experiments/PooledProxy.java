package dev.leasehold.experiments;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.net.Socket;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A proxy with a few threads, each of which waits for its agent as long as that takes. */
final class PooledProxy extends FaultyProxy {
  static final int THREADS = 32;

  private final ExecutorService threads;

  PooledProxy() throws IOException {
    this(Executors.newFixedThreadPool(THREADS, Thread.ofPlatform().daemon().factory()));
  }

  private PooledProxy(ExecutorService threads) throws IOException {
    super(threads);
    this.threads = threads;
    begin();
  }

  @Override
  void serve(Socket agent) {
    try (agent) {
      var unused = head(agent);
      agent
          .getOutputStream()
          .write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".getBytes(ISO_8859_1));
    } catch (IOException ended) {
      return;
    }
  }

  @Override
  public void close() throws IOException {
    super.close();
    threads.shutdownNow();
  }
}
