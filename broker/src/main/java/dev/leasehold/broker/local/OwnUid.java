package dev.leasehold.broker.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The uid that this process acts as. */
public final class OwnUid {
  private OwnUid() {}

  /**
   * Asks the system. Blocks on the file system.
   *
   * @throws IOException when it does not tell
   */
  public static int read() throws IOException {
    Path status = Path.of("/proc/self/status");
    if (Files.exists(status)) {
      // Not the owner of /proc/self: that is root once the process forbids core dumps (proc(5)).
      for (String line : Files.readAllLines(status)) {
        if (line.startsWith("Uid:")) {
          return Integer.parseInt(line.split("\\s+", 4)[2]); // real, then effective
        }
      }
    }
    Path probe = Files.createTempFile("leasehold", "uid");
    try {
      return (Integer) Files.getAttribute(probe, "unix:uid");
    } finally {
      Files.delete(probe);
    }
  }
}
