package dev.leasehold.broker;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandleProxies;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Signals of the operating system. Java has no public interface to them; the one that every JDK has
 * all the same is reached by its name, since javac refuses to be quiet about it.
 */
final class Signals {
  private static final Logger log = LoggerFactory.getLogger(Signals.class);

  private Signals() {}

  /**
   * Runs {@code action} at each signal of that name, on a thread of the JVM's own, instead of what
   * the JVM would do.
   *
   * @param name without its SIG
   */
  static void listen(String name, Runnable action) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      MethodHandles.Lookup lookup = MethodHandles.publicLookup();
      MethodHandle run =
          MethodHandles.lookup()
              .findVirtual(Runnable.class, "run", MethodType.methodType(void.class))
              .bindTo(action);
      Object taker =
          MethodHandleProxies.asInterfaceInstance(
              handler, MethodHandles.dropArguments(run, 0, signal));
      Object named =
          lookup
              .findConstructor(signal, MethodType.methodType(void.class, String.class))
              .invoke(name);
      lookup
          .findStatic(signal, "handle", MethodType.methodType(handler, signal, handler))
          .invokeWithArguments(named, taker);
    } catch (ReflectiveOperationException | IllegalArgumentException absent) {
      log.warn("event=signal_not_heard name={} cause=\"{}\"", name, absent.getMessage());
    } catch (Throwable unexpected) {
      throw new IllegalStateException(unexpected);
    }
  }
}
