package dev.leasehold.bench;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A load at a fixed rate on one connection. Each request has a moment at which it was due, and its
 * latency counts from then, sent late or not: an answer that stalls is paid for by all that were
 * due meanwhile (no coordinated omission).
 *
 * <p>A process of its own, so that it can be kept off the cores that are measured: {@code OpenLoop
 * RATE SECONDS} and what {@link Call#arguments} gives. Prints p50, p90 and p99 in microseconds.
 */
final class OpenLoop {
  private static final Pattern LENGTH = Pattern.compile("(?i)\r\ncontent-length: *(\\d+)");
  private static final long SPIN_NANOS = 100_000;

  /** The JIT compilers of both sides need some thousand requests; those before are not counted. */
  private static final int WARM_UP_SECONDS = 3;

  private OpenLoop() {}

  public static void main(String[] words) throws IOException {
    int rate = Integer.parseInt(words[0]);
    int port = Integer.parseInt(words[2]);
    byte[] connect = Base64.getDecoder().decode(words[4]);
    byte[] request = Base64.getDecoder().decode(words[5]);
    try (Socket plain = new Socket(InetAddress.getLoopbackAddress(), port)) {
      plain.setTcpNoDelay(true);
      if (connect.length > 0) {
        plain.getOutputStream().write(connect);
        String head = readHead(plain.getInputStream());
        if (!head.startsWith("HTTP/1.1 200")) {
          throw new IOException("no tunnel: " + head);
        }
      }
      Socket socket = words[3].equals("-") ? plain : AnyCertificate.over(plain, words[3]);
      OutputStream out = socket.getOutputStream();
      InputStream in = new BufferedInputStream(socket.getInputStream());
      var unused = load(out, in, request, rate, WARM_UP_SECONDS);
      double[] micros = load(out, in, request, rate, Integer.parseInt(words[1]));
      Samples samples = Samples.of(micros);
      System.out.println(
          samples.median() + " " + samples.quantile(0.9) + " " + samples.quantile(0.99));
    }
  }

  private static double[] load(
      OutputStream out, InputStream in, byte[] request, int rate, int seconds) throws IOException {
    double[] micros = new double[rate * seconds];
    long interval = 1_000_000_000L / rate;
    long start = System.nanoTime();
    for (int i = 0; i < micros.length; i++) {
      long due = start + i * interval;
      await(due);
      out.write(request);
      readAnswer(in);
      micros[i] = (System.nanoTime() - due) / 1000.0;
    }
    return micros;
  }

  /** Sleeps, and spins for the last bit: a wake-up that is late would count as latency. */
  private static void await(long due) {
    long left = due - System.nanoTime();
    while (left > 0) {
      if (left > SPIN_NANOS) {
        LockSupport.parkNanos(left - SPIN_NANOS);
      } else {
        Thread.onSpinWait();
      }
      left = due - System.nanoTime();
    }
  }

  private static void readAnswer(InputStream in) throws IOException {
    String head = readHead(in);
    Matcher length = LENGTH.matcher(head);
    if (!head.startsWith("HTTP/1.1 200") || !length.find()) {
      throw new IOException("not the answer that was expected: " + head);
    }
    in.skipNBytes(Long.parseLong(length.group(1)));
  }

  private static String readHead(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder(256);
    while (head.length() < 4 || head.indexOf("\r\n\r\n", head.length() - 4) < 0) {
      int next = in.read();
      if (next < 0) {
        throw new EOFException("the connection ended after: " + head);
      }
      head.append((char) next);
    }
    return head.toString();
  }

  /** Three quantiles in microseconds. */
  record Latency(double p50, double p90, double p99) {
    static Latency parse(String line) {
      double[] numbers =
          Arrays.stream(line.strip().split(" ", -1)).mapToDouble(Double::parseDouble).toArray();
      return new Latency(numbers[0], numbers[1], numbers[2]);
    }
  }

  /** Runs it in a process of its own, on the processors for load. */
  static Latency run(Path folder, Call call, int rate, Duration load) {
    List<String> words = List.of(Integer.toString(rate), Long.toString(load.toSeconds()));
    return Latency.parse(LoadProcess.run(folder, OpenLoop.class, words, call));
  }
}
