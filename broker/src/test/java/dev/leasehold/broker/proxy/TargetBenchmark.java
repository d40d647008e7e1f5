package dev.leasehold.broker.proxy;

import dev.leasehold.broker.destination.CanonicalPath;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Reading where a call wants to go. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class TargetBenchmark {
  String authority = "broker-api.internal.example:15671";
  String plainPath = "/api/queues/shop/orders";
  String encodedPath = "/api/queues/shop/orders%20of%20today%3A1";

  @Benchmark
  public @Nullable Object authority() {
    return Authority.parse(authority);
  }

  @Benchmark
  public Object plainPath() {
    return CanonicalPath.parse(plainPath, false);
  }

  @Benchmark
  public Object encodedPath() {
    return CanonicalPath.parse(encodedPath, false);
  }
}
