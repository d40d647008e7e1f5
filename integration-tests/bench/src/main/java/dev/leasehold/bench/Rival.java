package dev.leasehold.bench;

import java.time.Duration;
import java.util.stream.Stream;

/**
 * One of two that do the same work.
 *
 * @param pid of the process that, with its children, does it
 */
record Rival(Call call, long pid) {
  /** Processor time that it has used so far, in microseconds. */
  double cpu() {
    ProcessHandle process = ProcessHandle.of(pid).orElseThrow();
    return Stream.concat(Stream.of(process), process.descendants())
        .map(part -> part.info().totalCpuDuration().orElse(Duration.ZERO))
        .mapToDouble(used -> used.toNanos() / 1000.0)
        .sum();
  }
}
