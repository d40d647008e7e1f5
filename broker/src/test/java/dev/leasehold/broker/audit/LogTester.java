package dev.leasehold.broker.audit;

import dev.leasehold.broker.telemetry.Metrics;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/** An audit log whose threads are the test, on a clock that the test moves. */
final class LogTester implements AutoCloseable {
  static final int CAPACITY = 8;

  private final FakeSink sink = new FakeSink();
  private final Metrics metrics = new Metrics("test", "test");
  private final List<String> broken = new ArrayList<>();
  private final AuditLog log;
  private long nanos = 1_000;

  LogTester(FsyncPolicy fsync) throws IOException {
    log =
        new AuditLog(
            sink,
            fsync,
            CAPACITY,
            InstantSource.fixed(Instant.EPOCH),
            () -> nanos,
            metrics,
            broken::add);
    sink.acts().clear();
  }

  AuditLog log() {
    return log;
  }

  FakeSink sink() {
    return sink;
  }

  /** Reasons for which everything was to be fenced. */
  List<String> broken() {
    return broken;
  }

  /** Appends an event with that word in it, and returns what becomes of its receipt. */
  Outcome ask(String word) {
    Outcome outcome = new Outcome(sink);
    log.append(event(word), outcome);
    return outcome;
  }

  void tell(String word) {
    log.append(event(word));
  }

  private static AuditEvent event(String word) {
    return new BrokerEvent.Stopped(word);
  }

  /** Lets the writer work until there is nothing to do. */
  void work() {
    boolean more = true;
    while (more) {
      more = log.writer().step();
    }
  }

  void sync() {
    log.writer().sync();
  }

  void watch() {
    log.writer().watch();
  }

  void pass(Duration time) {
    nanos += time.toNanos();
  }

  /** The causes of the lines, in order. */
  List<String> causes() {
    return sink.lines().stream()
        .map(line -> line.replaceFirst(".*\"cause\":\"([^\"]*)\".*", "$1"))
        .toList();
  }

  double counted(String outcome) {
    String name = "leasehold_audit_events_total{outcome=\"" + outcome + "\",sink=\"fake\"} ";
    return metrics
        .scrape("")
        .body()
        .lines()
        .filter(line -> line.startsWith(name))
        .mapToDouble(line -> Double.parseDouble(line.substring(name.length())))
        .findFirst()
        .orElseThrow();
  }

  @Override
  public void close() {
    metrics.close();
  }

  /** What became of one event. */
  static final class Outcome implements AuditReceipt {
    private final FakeSink sink;
    private final List<String> calls = new ArrayList<>();

    private Outcome(FakeSink sink) {
      this.sink = sink;
    }

    @Override
    public void written() {
      sink.acts().add("written");
      calls.add("written");
    }

    @Override
    public void refused(String why) {
      calls.add("refused: " + why);
    }

    /** Every call of the receipt: more than one is a bug. */
    List<String> calls() {
      return calls;
    }
  }
}
