package dev.leasehold.broker.client;

import java.io.Console;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Passes TERM, INT and HUP on to a child instead of dying of them. The JDK's {@code
 * sun.misc.Signal} is the one way to see them; it is called by reflection, since the compiler warns
 * of every other use. Where it is missing, nothing is passed on.
 */
final class ChildSignals implements AutoCloseable {
  private record Replaced(Object signal, Object handler) {}

  private final Process child;
  private final Runnable whenGone;
  private final List<Replaced> replaced = new ArrayList<>();
  private volatile Optional<String> last = Optional.empty();

  private ChildSignals(Process child, Runnable whenGone) {
    this.child = child;
    this.whenGone = whenGone;
  }

  /**
   * @param whenGone called when a signal comes after the child has ended
   */
  static ChildSignals passTo(Process child, Runnable whenGone) {
    ChildSignals signals = new ChildSignals(child, whenGone);
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

  private void pass(String name) {
    last = Optional.of(name);
    if (!child.isAlive()) {
      whenGone.run();
    } else if (name.equals("TERM")) {
      child.destroy();
    } else if (!name.equals("INT") || !isAtTerminal()) {
      kill(name);
    } // an INT typed at a terminal has reached the child already
  }

  private static boolean isAtTerminal() {
    return Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent();
  }

  /** The JDK itself sends TERM and KILL only. */
  private void kill(String name) {
    try {
      new ProcessBuilder("kill", "-" + name, Long.toString(child.pid())).inheritIO().start();
    } catch (IOException noKillHere) {
      child.destroy();
    }
  }

  /** The last one that came. */
  Optional<String> last() {
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
