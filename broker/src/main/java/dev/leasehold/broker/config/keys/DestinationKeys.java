package dev.leasehold.broker.config.keys;

import dev.leasehold.broker.config.form.Items;
import dev.leasehold.broker.config.form.Key;
import dev.leasehold.broker.config.form.Located;
import dev.leasehold.broker.config.form.Scalars;
import dev.leasehold.broker.config.form.Section;
import dev.leasehold.broker.destination.AddressRange;
import dev.leasehold.broker.destination.Destination.Redact;
import dev.leasehold.broker.destination.PathPattern;
import dev.leasehold.broker.destination.UpstreamTls;
import dev.leasehold.broker.proxy.ListenAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;

/** One entry of {@code destinations:} */
public final class DestinationKeys {
  public static final Key<List<Located<String>>> METHODS =
      Key.optional("methods", Items.of(Values.METHOD), "Any of these; without it every method.");
  public static final Key<List<Located<PathPattern>>> PATHS =
      Key.optional(
          "paths",
          Items.of(Values.PATH_RULE),
          "Any of these, matched on the canonical path: * is one segment, /** the rest; without it"
              + " every path.");
  private static final Section.Form RULE = Section.Form.of("a rule", METHODS, PATHS);

  public static final Key<Path> CA =
      Key.optional(
          "ca",
          Scalars.file("CA certificates"),
          "The only authorities trusted; without it the system's.");
  public static final Key<String> SERVER_NAME =
      Key.optional(
          "server-name",
          Scalars.text(
              "a host name",
              "[A-Za-z0-9_]([A-Za-z0-9_.-]{0,251}[A-Za-z0-9_])?",
              Function.identity()),
          "The name that the certificate must have; without it the URL's host.");

  public static final Key<DestinationUrl> URL =
      Key.required("url", Values.URL, "Where calls go; its scheme decides about TLS.");
  public static final Key<String> ENVIRONMENT =
      Key.optional(
          "environment",
          Values.NAME_OF,
          "Such as staging or production; required where there is a credential.");
  public static final Key<List<Located<AddressRange>>> ADDRESSES =
      Key.optional(
          "addresses",
          Items.of(Values.ADDRESSES),
          "Addresses that may be dialled although they are not public.");
  public static final Key<List<Located<Section>>> ALLOW =
      Key.optional("allow", Items.of(RULE), "What may be called; without it nothing. HTTP only.");
  public static final Key<List<Located<Section>>> DENY =
      Key.optional("deny", Items.of(RULE), "What may not, whatever allow says. HTTP only.");
  public static final Key<String> CREDENTIAL =
      Key.optional("credential", Values.NAME_OF, "The credential that is used there.");
  public static final Key<Boolean> ENCODED_SLASH =
      Key.defaulted(
          "encoded-slash", Scalars.flag(), "false", "Permits %2F as data inside a path segment.");
  public static final Key<Section> TLS =
      Key.optional(
          "tls",
          Section.Form.of("how its certificate is verified", CA, SERVER_NAME),
          "How the target's certificate is verified.");
  public static final Key<UpstreamTls.Client> MTLS =
      Key.optional(
          "mtls",
          Scalars.word(List.of(UpstreamTls.Client.values())),
          "The certificate that connections show: svid is the sidecar's own. For one that is leased"
              + " see inject: mtls.");
  public static final Key<Boolean> WEBSOCKET =
      Key.defaulted("websocket", Scalars.flag(), "false", "Permits the upgrade to WebSocket.");
  public static final Key<Boolean> TUNNEL =
      Key.defaulted(
          "tunnel",
          Scalars.flag(),
          "false",
          "Passes the bytes of a CONNECT on unseen; never together with a credential.");
  public static final Key<Redact> REDACT =
      Key.defaulted(
          "redact",
          Scalars.word(List.of(Redact.values())),
          "replace",
          "What happens when a leased secret comes back: it is replaced, or the answer is cut.");
  public static final Key<List<Located<String>>> ENV =
      Key.optional(
          "env",
          Items.of(Values.VARIABLE),
          "Variables that get a sentinel in a task's environment, for clients that insist on a"
              + " key.");
  public static final Key<List<Located<String>>> DROP_HEADERS =
      Key.optional(
          "drop-headers", Items.of(Values.HEADER), "Request headers of the agent that never pass.");
  public static final Key<List<Located<String>>> ONLY_HEADERS =
      Key.optional(
          "only-headers",
          Items.of(Values.HEADER),
          "The only request headers of the agent that pass.");
  public static final Key<Section> LIMITS =
      Key.optional("limits", LimitKeys.FORM, "Bounds of calls.");
  public static final Key<ListenAddress> ENDPOINT =
      Key.optional(
          "endpoint",
          Values.LISTEN,
          "A fixed local address besides the tasks' own; there the task is named by Basic, or by"
              + " user and password on a database wire.");
  public static final Key<Boolean> UNSAFE_PLAINTEXT =
      Key.defaulted(
          "unsafe-plaintext",
          Scalars.flag(),
          "false",
          "Permits a credential over http to an address that is not loopback.");

  static final Section.Form FORM =
      Section.Form.of(
          "a destination",
          URL,
          ENVIRONMENT,
          ADDRESSES,
          ALLOW,
          DENY,
          CREDENTIAL,
          ENCODED_SLASH,
          TLS,
          MTLS,
          WEBSOCKET,
          TUNNEL,
          REDACT,
          ENV,
          DROP_HEADERS,
          ONLY_HEADERS,
          LIMITS,
          ENDPOINT,
          UNSAFE_PLAINTEXT);

  private DestinationKeys() {}
}
