package dev.leasehold.broker.telemetry;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/** CLOCK_BOOTTIME through the C library; the JVM's monotonic clock where there is none. */
final class SystemBootClock implements BootClock {
  private static final int CLOCK_BOOTTIME = 7; // linux/time.h

  private final MethodHandle clockGettime;

  private SystemBootClock(MethodHandle clockGettime) {
    this.clockGettime = clockGettime;
  }

  @SuppressWarnings("restricted") // one call of the C library, by a fixed signature
  static BootClock create() {
    if (!System.getProperty("os.name").equals("Linux")) {
      return System::nanoTime;
    }
    Linker linker = Linker.nativeLinker();
    return linker
        .defaultLookup()
        .find("clock_gettime")
        .<BootClock>map(
            symbol ->
                new SystemBootClock(
                    linker.downcallHandle(
                        symbol,
                        FunctionDescriptor.of(
                            ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS),
                        Linker.Option.critical(true)))) // short, and writes to our own array
        .orElse(System::nanoTime);
  }

  @Override
  public long nanos() {
    long[] timespec = new long[2];
    try {
      int status = (int) clockGettime.invokeExact(CLOCK_BOOTTIME, MemorySegment.ofArray(timespec));
      if (status != 0) {
        throw new IllegalStateException("clock_gettime failed");
      }
      return timespec[0] * 1_000_000_000L + timespec[1];
    } catch (RuntimeException | Error failure) {
      throw failure;
    } catch (Throwable impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
