package dev.leasehold.broker.config.keys;

import dev.leasehold.broker.config.form.Key;
import dev.leasehold.broker.config.form.Scalars;
import dev.leasehold.broker.config.form.Section;
import dev.leasehold.broker.proxy.ListenAddress;

/** {@code listen:} */
public final class ListenKeys {
  public static final Key<ListenAddress> PROXY =
      Key.defaulted("proxy", Values.LISTEN, "127.0.0.1:15080", "Where agents send their calls.");
  public static final Key<ListenAddress> DEFAULT_PROXY =
      Key.optional(
          "default-proxy",
          Values.LISTEN,
          "Where calls that carry no task belong to the default task.");
  public static final Key<ListenAddress.Tcp> ADMIN =
      Key.defaulted(
          "admin", Values.LISTEN_TCP, "127.0.0.1:15090", "Health and metrics, read only.");
  public static final Key<Boolean> UNSAFE_LISTEN =
      Key.defaulted(
          "unsafe-listen",
          Scalars.flag(),
          "false",
          "Lets the proxy listen where other machines can reach it.");

  static final Section.Form FORM =
      Section.Form.of("where to listen", PROXY, DEFAULT_PROXY, ADMIN, UNSAFE_LISTEN);

  private ListenKeys() {}
}
