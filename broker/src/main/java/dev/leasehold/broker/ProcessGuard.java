package dev.leasehold.broker;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.NoSuchElementException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Closes the ways by which others could read this process's memory: core dumps, and debuggers of
 * its own uid. To be called before the first secret is there.
 */
final class ProcessGuard {
  private static final Logger log = LoggerFactory.getLogger(ProcessGuard.class);
  private static final int PR_SET_DUMPABLE = 4; // linux/prctl.h
  private static final int RLIMIT_CORE = 4; // asm-generic/resource.h

  private ProcessGuard() {}

  /** On Linux; elsewhere it says that it does nothing. */
  static void close() {
    if (!System.getProperty("os.name").equals("Linux")) {
      log.warn("event=process_open cause=\"core dumps and debuggers are only kept out on Linux\"");
      return;
    }
    try {
      // Set even where dumps are off: a handler of core dumps ignores the limit, not this flag.
      boolean undumpable = setDumpable(0) == 0;
      boolean noCore = limitCore() == 0;
      if (!undumpable || !noCore) {
        log.warn("event=process_open undumpable={} no_core={}", undumpable, noCore);
      }
    } catch (NoSuchElementException missing) {
      log.warn("event=process_open cause=\"the C library lacks prctl or setrlimit\"");
    } catch (RuntimeException | Error failure) {
      throw failure;
    } catch (Throwable impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private static int setDumpable(long value) throws Throwable {
    FunctionDescriptor signature =
        FunctionDescriptor.of(
            ValueLayout.JAVA_INT,
            ValueLayout.JAVA_INT,
            ValueLayout.JAVA_LONG,
            ValueLayout.JAVA_LONG,
            ValueLayout.JAVA_LONG,
            ValueLayout.JAVA_LONG);
    return (int)
        function("prctl", signature, Linker.Option.firstVariadicArg(1))
            .invokeExact(PR_SET_DUMPABLE, value, 0L, 0L, 0L);
  }

  private static int limitCore() throws Throwable {
    FunctionDescriptor signature =
        FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment none = arena.allocate(ValueLayout.JAVA_LONG, 2);
      return (int) function("setrlimit", signature).invokeExact(RLIMIT_CORE, none);
    }
  }

  @SuppressWarnings("restricted") // two calls of the C library, by fixed signatures
  private static MethodHandle function(
      String name, FunctionDescriptor signature, Linker.Option... options) {
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(
        linker.defaultLookup().find(name).orElseThrow(), signature, options);
  }
}
