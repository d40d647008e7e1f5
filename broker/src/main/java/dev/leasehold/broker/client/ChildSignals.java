package dev.leasehold.broker.client;

import java.io.Console;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Passes TERM, INT and HUP on to a child instead of dying of them, from before the child is there:
 * one that came in between would end us and leave the child alone. The JDK's {@code
 * sun.misc.Signal} is the one way to see them; it is called by reflection, since the compiler warns
 * of every other use. Where it is missing, nothing is passed on.
 */
final class ChildSignals implements AutoCloseable {
  private record Replaced(Object signal, Object handler) {}

  private final Runnable whenGone;
  private final List<Replaced> replaced = new ArrayList<>();
  private @Nullable Process child;
  private Optional<String> last = Optional.empty();

  private ChildSignals(Runnable whenGone) {
    this.whenGone = whenGone;
  }

  /**
   * Keeps what comes until there is a child.
   *
   * @param whenGone called when a signal comes after the child has ended
   */
  static ChildSignals caught(Runnable whenGone) {
    ChildSignals signals = new ChildSignals(whenGone);
    try {
      for (String name : List.of("TERM", "INT", "HUP")) {
        signals.handle(name);
      }
    } catch (ReflectiveOperationException missing) {
      // This runtime has no jdk.unsupported; the child then lives until it ends by itself.
    }
    return signals;
  }

  private void handle(String name) throws ReflectiveOperationException {
    Class<?> handlerType = Class.forName("sun.misc.SignalHandler");
    Object handler =
        Proxy.newProxyInstance(
            ChildSignals.class.getClassLoader(),
            new Class<?>[] {handlerType},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "handle" -> {
                    pass(name);
                    yield null;
                  }
                  case "hashCode" -> System.identityHashCode(proxy);
                  case "equals" -> proxy == arguments[0];
                  default -> "signal handler";
                });
    Object signal = Class.forName("sun.misc.Signal").getConstructor(String.class).newInstance(name);
    Object before;
    try {
      before = set(signal, handler);
    } catch (InvocationTargetException taken) {
      return; // -Xrs: the JVM leaves this signal to the operating system
    }
    replaced.add(new Replaced(signal, before));
    if (before.equals(handlerType.getField("SIG_IGN").get(null))) {
      set(signal, before); // whoever started us wants it ignored, as nohup does
    }
  }

  private static Object set(Object signal, Object handler) throws ReflectiveOperationException {
    Method handle =
        signal
            .getClass()
            .getMethod("handle", signal.getClass(), Class.forName("sun.misc.SignalHandler"));
    return handle.invoke(null, signal, handler);
  }

  /** The child gets what has come, and what comes. */
  synchronized void passTo(Process started) {
    child = started;
    last.ifPresent(name -> send(name, started));
  }

  private synchronized void pass(String name) {
    last = Optional.of(name);
    Process running = child;
    if (running == null) {
      return;
    }
    if (!running.isAlive()) {
      whenGone.run();
    } else if (!name.equals("INT") || !isAtTerminal()) {
      send(name, running);
    } // an INT typed at a terminal has reached the child already
  }

  private static boolean isAtTerminal() {
    return Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent();
  }

  /** The JDK itself sends TERM and KILL only. */
  private static void send(String name, Process child) {
    if (name.equals("TERM")) {
      child.destroy();
      return;
    }
    try {
      new ProcessBuilder("kill", "-" + name, Long.toString(child.pid())).inheritIO().start();
    } catch (IOException noKillHere) {
      child.destroy();
    }
  }

  /** The last one that came. */
  synchronized Optional<String> last() {
    return last;
  }

  /** Puts back what was there before. */
  @Override
  public void close() {
    for (Replaced one : replaced) {
      try {
        set(one.signal(), one.handler());
      } catch (ReflectiveOperationException gone) {
        // The process is about to end.
      }
    }
  }
}
