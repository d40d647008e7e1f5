package dev.leasehold.bench;

import dev.leasehold.testbed.server.ServerProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The load of {@code wrk}: so many connections, each sending the next request upon the answer. */
final class Wrk {
  private static final Pattern RATE = Pattern.compile("Requests/sec:\\s+([0-9.]+)");
  private static final Pattern FAILED =
      Pattern.compile("Non-2xx or 3xx responses: \\d+|Socket errors: .*");

  private Wrk() {}

  /** Requests per second; throws if any request failed. */
  static double load(Path folder, Cores cores, Call call, int connections, Duration duration) {
    StringBuilder script = new StringBuilder("wrk.path = '" + call.target() + "'\n");
    script.append("wrk.headers['Host'] = '").append(call.target().getAuthority()).append("'\n");
    call.headers()
        .forEach(
            (name, value) -> script.append("wrk.headers['%s'] = '%s'\n".formatted(name, value)));
    try {
      Files.writeString(folder.resolve("load.lua"), script);
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
    String output =
        ServerProcess.run(
            folder,
            cores.pin(
                List.of(
                    "wrk",
                    "-t" + cores.count(),
                    "-c" + connections,
                    "-d" + duration.toSeconds() + "s",
                    "-s",
                    "load.lua",
                    "http://127.0.0.1:" + call.port())),
            Map.of());
    Matcher failed = FAILED.matcher(output);
    if (failed.find()) {
      throw new IllegalStateException("the load failed: " + failed.group());
    }
    Matcher rate = RATE.matcher(output);
    if (!rate.find()) {
      throw new IllegalStateException("wrk printed no rate: " + output);
    }
    return Double.parseDouble(rate.group(1));
  }
}
