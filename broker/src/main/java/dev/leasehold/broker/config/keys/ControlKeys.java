package dev.leasehold.broker.config.keys;

import dev.leasehold.broker.config.form.Items;
import dev.leasehold.broker.config.form.Key;
import dev.leasehold.broker.config.form.Located;
import dev.leasehold.broker.config.form.Scalars;
import dev.leasehold.broker.config.form.Section;
import dev.leasehold.broker.control.Caller.Right;
import dev.leasehold.broker.proxy.ListenAddress;
import java.nio.file.Path;
import java.util.List;

/** {@code control:} */
public final class ControlKeys {
  public static final Key<Integer> UID =
      Key.optional(
          "uid",
          Scalars.integer(0, Integer.MAX_VALUE),
          "The caller's uid, as the kernel tells it on the socket.");
  public static final Key<Path> TOKEN_FILE =
      Key.optional(
          "token-file",
          Scalars.path("a path"),
          "A file with the token that the caller shows on the loopback address.");
  public static final Key<String> SVID =
      Key.optional(
          "svid",
          Values.AGENT_ID,
          "The SPIFFE ID of the caller, who shows a JWT-SVID for the sidecar on either listener.");
  public static final Key<String> AGENT =
      Key.optional(
          "agent",
          Values.AGENT_ID,
          "Whose agent the caller is; required where it may open. An svid is its own agent.");
  public static final Key<List<Located<Right>>> MAY =
      Key.required(
          "may",
          Items.of(Scalars.word(List.of(Right.values()))),
          "open: open the listed kinds, see and end its own tasks. operate: everything.");
  public static final Key<List<Located<String>>> KINDS =
      Key.optional(
          "kinds", Items.of(Values.NAME_OF), "The kinds it may open; required where it may open.");

  public static final Key<Path> SOCKET =
      Key.optional("socket", Scalars.path("a path"), "A Unix socket for callers known by uid.");
  public static final Key<ListenAddress.Tcp> ADDRESS =
      Key.optional("address", Values.LISTEN_TCP, "A loopback address for callers with a token.");
  public static final Key<List<Located<Section>>> CALLERS =
      Key.required(
          "callers",
          Items.of(
              Section.Form.of("a caller", UID, TOKEN_FILE, SVID, AGENT, MAY, KINDS)
                  .exactlyOne(UID, TOKEN_FILE, SVID)),
          "Who may use the task API; nobody else is served.");
  public static final Key<Boolean> UNSAFE_SAME_UID =
      Key.defaulted(
          "unsafe-same-uid",
          Scalars.flag(),
          "false",
          "Serves callers with the sidecar's own uid, which could read its memory.");
  public static final Key<Boolean> UNSAFE_SHARED_IDENTITY =
      Key.defaulted(
          "unsafe-shared-identity",
          Scalars.flag(),
          "false",
          "Permits an agent with the sidecar's own SPIFFE ID, which could log in to Vault by"
              + " itself.");

  static final Section.Form FORM =
      Section.Form.of(
          "the task API", SOCKET, ADDRESS, CALLERS, UNSAFE_SAME_UID, UNSAFE_SHARED_IDENTITY);

  private ControlKeys() {}
}
