package dev.leasehold.broker;

import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * Runs the JMH benchmarks of the hot pieces, with what each allocates. Started by {@code
 * integration-tests/bench/micro}, which prepares their generated classes.
 */
public final class MicroBenchmarks {
  private MicroBenchmarks() {}

  /**
   * @param arguments a regular expression of which to run, and the seconds of each of 3 rounds to
   *     warm up and 5 to measure
   */
  public static void main(String[] arguments) throws RunnerException {
    TimeValue time = TimeValue.milliseconds((long) (Double.parseDouble(arguments[1]) * 1000));
    Collection<RunResult> results =
        new Runner(
                new OptionsBuilder()
                    .include(arguments[0])
                    .forks(1)
                    .warmupIterations(3)
                    .warmupTime(time)
                    .measurementIterations(5)
                    .measurementTime(time)
                    .addProfiler(GCProfiler.class)
                    .jvmArgs("-XX:+UseSerialGC", "-Xmx256m", "--enable-native-access=ALL-UNNAMED")
                    .build())
            .run();
    for (RunResult result : results) {
      System.out.println(line(result));
    }
  }

  private static String line(RunResult result) {
    BenchmarkParams params = result.getParams();
    String[] parts = params.getBenchmark().split("\\.", -1);
    Map<String, String> values = new TreeMap<>();
    for (String key : params.getParamsKeys()) {
      values.put(key, params.getParam(key));
    }
    String with =
        values.entrySet().stream()
            .map(value -> " " + value.getKey() + "=" + value.getValue())
            .collect(Collectors.joining());
    Result<?> allocated = result.getSecondaryResults().get("gc.alloc.rate.norm");
    return String.format(
        Locale.ROOT,
        "{\"bench\":\"micro\",\"measure\":\"%s.%s%s\",\"unit\":\"ns\",\"ours\":%.1f,"
            + "\"error\":%.1f,\"bytes_per_call\":%.0f}",
        parts[parts.length - 2],
        parts[parts.length - 1],
        with,
        result.getPrimaryResult().getScore(),
        result.getPrimaryResult().getScoreError(),
        allocated == null ? Double.NaN : allocated.getScore());
  }
}
