package dev.leasehold.broker.redact;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Searching answers for two leases' secrets: small ones whole, large ones in pieces. */
@State(Scope.Thread)
@SuppressWarnings("NullAway.Init") // JMH does it
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class RedactionBenchmark {
  private static final int PIECE = 16 * 1024;
  private static final String SECRET = "A1a-0123456789abcdefgh";

  @Param({"json", "random"})
  String content;

  private Answers answers;
  private ByteBuf small;
  private ByteBuf withSecret;
  private ByteBuf large;

  @Setup
  public void make() {
    answers = Answers.of(SECRET, "B2b-hgfedcba9876543210");
    small = bytes(1024);
    withSecret = small.copy();
    withSecret.setBytes(500, SECRET.getBytes(StandardCharsets.US_ASCII));
    large = bytes(1024 * 1024);
  }

  private ByteBuf bytes(int size) {
    byte[] bytes = new byte[size];
    if (content.equals("random")) {
      new Random(1).nextBytes(bytes);
    } else {
      byte[] item =
          "{\"id\":1042,\"name\":\"Blue chair\",\"price\":79.9,\"tags\":[\"a\",\"b\"]},"
              .getBytes(StandardCharsets.US_ASCII);
      for (int i = 0; i < size; i++) {
        bytes[i] = item[i % item.length];
      }
    }
    return PooledByteBufAllocator.DEFAULT.directBuffer(size).writeBytes(bytes);
  }

  @TearDown
  public void release() {
    small.release();
    withSecret.release();
    large.release();
  }

  private int pass(ByteBuf answer) {
    int length = 0;
    try (Redaction redaction = answers.task.begin(null)) {
      for (int at = 0; at < answer.readableBytes(); at += PIECE) {
        int size = Math.min(PIECE, answer.readableBytes() - at);
        ByteBuf out = redaction.pass(answer.retainedSlice(at, size));
        length += out.readableBytes();
        out.release();
      }
      ByteBuf rest = redaction.end(PooledByteBufAllocator.DEFAULT);
      if (rest != null) {
        length += rest.readableBytes();
        rest.release();
      }
    }
    return length;
  }

  @Benchmark
  public int kibibyte() {
    return pass(small);
  }

  @Benchmark
  public int kibibyteWithASecret() {
    return pass(withSecret);
  }

  @Benchmark
  public int mebibyte() {
    return pass(large);
  }
}
