package dev.leasehold.broker;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandleProxies;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * SIGHUP, which would end the JVM otherwise. Java has no public interface to signals; the one that
 * every JDK has all the same is reached by its name, since javac refuses to be quiet about it.
 */
final class HangUp {
  private static final Logger log = LoggerFactory.getLogger(HangUp.class);

  private HangUp() {}

  /** Runs {@code action} at each SIGHUP, on a thread of the JVM's own. */
  static void listen(Runnable action) {
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
      Object hangUp =
          lookup
              .findConstructor(signal, MethodType.methodType(void.class, String.class))
              .invoke("HUP");
      lookup
          .findStatic(signal, "handle", MethodType.methodType(handler, signal, handler))
          .invokeWithArguments(hangUp, taker);
    } catch (ReflectiveOperationException | IllegalArgumentException absent) {
      log.warn("event=no_sighup cause=\"{}\"", absent.getMessage());
    } catch (Throwable unexpected) {
      throw new IllegalStateException(unexpected);
    }
  }
}
