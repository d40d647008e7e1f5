package dev.leasehold.broker.config.keys;

import dev.leasehold.broker.config.form.Key;
import dev.leasehold.broker.config.form.Scalars;
import dev.leasehold.broker.config.form.Section;
import java.time.Duration;

/** {@code limits:} of a destination. */
public final class LimitKeys {
  private static final Duration LEAST = Duration.ofMillis(100);
  private static final Duration MOST = Values.DAY;
  private static final long KIB = 1024;

  public static final Key<Long> REQUEST_LINE =
      Key.defaulted("request-line", Scalars.size(256, 64 * KIB), "8KiB", "Longest request line.");
  public static final Key<Long> HEADER =
      Key.defaulted("header", Scalars.size(KIB, 256 * KIB), "16KiB", "All headers together.");
  public static final Key<Integer> HEADERS =
      Key.defaulted("headers", Scalars.integer(10, 1000), "100", "How many headers.");
  public static final Key<Long> BODY =
      Key.defaulted("body", Scalars.sizeOrNone(0), "none", "Longest request body.");
  public static final Key<Duration> IDLE =
      Key.defaulted(
          "idle",
          Scalars.duration(LEAST, MOST),
          "60s",
          "Longest time without a byte either way during a call; between calls an agent's"
              + " connection waits 60 s.");
  public static final Key<Duration> HEADER_READ =
      Key.defaulted(
          "header-read",
          Scalars.duration(LEAST, MOST),
          "10s",
          "Longest time for a request's head. On the proxy, where the head has yet to say which"
              + " destination it is for, the longest of all destinations, and never less than the"
              + " default.");
  public static final Key<Duration> CONNECT =
      Key.defaulted(
          "connect", Scalars.duration(LEAST, MOST), "5s", "Longest time to reach the target.");
  public static final Key<Duration> RESPONSE =
      Key.defaulted(
          "response",
          Scalars.duration(LEAST, MOST),
          "60s",
          "Longest time from the request's end to the response's head.");
  public static final Key<Integer> CONNECTIONS =
      Key.defaulted(
          "connections", Scalars.integer(1, 10_000), "100", "Connections of one task at once.");
  public static final Key<Integer> IN_FLIGHT =
      Key.defaulted("in-flight", Scalars.integer(1, 10_000), "100", "Calls of one task at once.");

  static final Section.Form FORM =
      Section.Form.of(
          "bounds of calls",
          REQUEST_LINE,
          HEADER,
          HEADERS,
          BODY,
          IDLE,
          HEADER_READ,
          CONNECT,
          RESPONSE,
          CONNECTIONS,
          IN_FLIGHT);

  private LimitKeys() {}
}
