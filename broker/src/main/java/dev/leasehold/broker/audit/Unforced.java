package dev.leasehold.broker.audit;

/**
 * Counts the lines that are written, and those of them that are forced to disk. The writer's thread
 * adds, and the one that forces takes away; for them it is safe.
 */
final class Unforced {
  private final AuditMeters meters;

  private volatile long written;
  private volatile boolean dirty;
  private volatile long dirtySince;

  /** Of the thread that forces. */
  private long forced;

  Unforced(AuditMeters meters) {
    this.meters = meters;
  }

  /** These are written. Whether they are forced as well is said next. */
  @SuppressWarnings("NonAtomicVolatileUpdate") // one thread writes it
  void wrote(long lines) {
    written += lines;
    meters.written().add(lines);
  }

  /** What was written last is not forced. */
  void leave(long nowNanos) {
    if (!dirty) {
      dirtySince = nowNanos;
      dirty = true;
    }
  }

  /** What was written last was forced before anybody was told. */
  void forcedAtOnce(long lines) {
    meters.synced().add(lines);
  }

  /** Everything was forced by the writer itself. */
  void nothingLeft() {
    dirty = false;
  }

  boolean isDirty() {
    return dirty;
  }

  /** Takes what is there now to be forced; a number for {@link #forced}. */
  long take() {
    dirty = false;
    return written;
  }

  void forced(long upTo) {
    meters.synced().add(upTo - forced);
    forced = upTo;
  }

  /** Age of the oldest line that is not forced. */
  long ageNanos(long nowNanos) {
    return dirty ? nowNanos - dirtySince : 0;
  }
}
