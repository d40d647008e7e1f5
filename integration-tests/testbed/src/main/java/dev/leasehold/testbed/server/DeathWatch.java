package dev.leasehold.testbed.server;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/**
 * A shell that outlives this JVM by a moment. Should the JVM end without having closed a run folder
 * (SIGKILL leaves it no time to), the shell kills every process that works in the folder or names
 * it among its arguments, and removes the folder.
 *
 * <p>Its input is a pipe that this JVM alone holds open, so it learns of any end of ours. A parent
 * death signal would not do: it follows the thread that started a process, and reaches no
 * grandchild.
 */
final class DeathWatch {

  private static final String SCRIPT =
      """
      trap '' HUP INT TERM
      folder=$1
      while read -r line; do :; done
      [ -d "$folder" ] || exit 0
      for round in 1 2 3; do
        for process in /proc/[0-9]*; do
          pid=${process#/proc/}
          [ "$pid" != "$$" ] || continue
          case "$(readlink "$process/cwd" 2>/dev/null)/" in
            "$folder"/*) kill -KILL "$pid" 2>/dev/null; continue ;;
          esac
          if tr '\\0' '\\n' < "$process/cmdline" 2>/dev/null | grep -qF "$folder/"; then
            kill -KILL "$pid" 2>/dev/null
          fi
        done
        rm -rf "$folder" 2>/dev/null
        [ -d "$folder" ] || exit 0
        sleep 0.2
      done
      """;

  /** Held for its other end; never written to. */
  private final OutputStream pipe;

  private DeathWatch(OutputStream pipe) {
    this.pipe = pipe;
  }

  static DeathWatch over(Path folder) {
    ProcessBuilder builder =
        new ProcessBuilder("sh", "-c", SCRIPT, "testbed-death-watch", folder.toString())
            .directory(Path.of("/").toFile())
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD);
    try {
      return new DeathWatch(builder.start().getOutputStream());
    } catch (IOException noShell) {
      throw new UncheckedIOException(noShell);
    }
  }

  /** The folder is gone, so that there is nothing left to do. */
  void end() {
    try {
      pipe.close();
    } catch (IOException alreadyGone) {
      return;
    }
  }
}
