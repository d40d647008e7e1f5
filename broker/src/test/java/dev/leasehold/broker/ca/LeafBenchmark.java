package dev.leasehold.broker.ca;

import java.time.InstantSource;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Finding the certificate of a host that was called before. */
@State(Scope.Thread)
@SuppressWarnings("NullAway.Init") // JMH does it
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class LeafBenchmark {
  @Param({"1", "1000"})
  int hosts;

  private InterceptionCa ca;
  private String host;

  @Setup
  public void make() {
    Set<String> names =
        IntStream.range(0, hosts)
            .mapToObj(i -> "api-" + i + ".example")
            .collect(Collectors.toSet());
    ca = InterceptionCa.of(names, InstantSource.system());
    host = "api-" + hosts / 2 + ".example";
    ca.leaf(host).orElseThrow().join();
  }

  @Benchmark
  public Object leaf() {
    return ca.leaf(host);
  }
}
