package dev.leasehold.broker.audit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A sink in memory that fails on command and remembers what was done with it. */
final class FakeSink implements AuditSink {
  private final StringBuilder text = new StringBuilder();
  private final List<String> acts = new ArrayList<>();
  private @Nullable String writeFailure;
  private @Nullable String syncFailure;
  private Runnable duringWrite = () -> {};
  private boolean replaced;

  void failWrites(String why) {
    writeFailure = why;
  }

  void failSyncs(String why) {
    syncFailure = why;
  }

  void heal() {
    writeFailure = null;
    syncFailure = null;
  }

  void replace() {
    replaced = true;
  }

  void duringWrite(Runnable what) {
    duringWrite = what;
  }

  /** {@code write}, {@code sync}, {@code reopen} and what others noted, in order. */
  List<String> acts() {
    return acts;
  }

  List<String> lines() {
    return text.toString().lines().toList();
  }

  @Override
  public String name() {
    return "fake";
  }

  @Override
  public void write(ByteBuffer lines) throws IOException {
    acts.add("write");
    duringWrite.run();
    if (writeFailure != null) {
      throw new IOException(writeFailure);
    }
    text.append(StandardCharsets.UTF_8.decode(lines));
  }

  @Override
  public void sync() throws IOException {
    acts.add("sync");
    if (syncFailure != null) {
      throw new IOException(syncFailure);
    }
  }

  @Override
  public Optional<Found> reopen() {
    acts.add("reopen");
    replaced = false;
    return Optional.empty();
  }

  @Override
  public boolean wasReplaced() {
    return replaced;
  }

  @Override
  public void close() {
    acts.add("close");
  }
}
