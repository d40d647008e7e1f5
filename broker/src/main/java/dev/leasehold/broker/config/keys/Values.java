package dev.leasehold.broker.config.keys;

import dev.leasehold.broker.config.form.Anything;
import dev.leasehold.broker.config.form.Scalar;
import dev.leasehold.broker.config.form.Scalars;
import dev.leasehold.broker.destination.AddressRange;
import dev.leasehold.broker.destination.HostName;
import dev.leasehold.broker.destination.PathPattern;
import dev.leasehold.broker.inject.Template;
import dev.leasehold.broker.proxy.ListenAddress;
import java.net.URI;
import java.time.Duration;
import java.util.Locale;
import java.util.function.Function;
import java.util.regex.Pattern;

/** Single values that mean something in Leasehold. */
final class Values {
  /** Of kinds, destinations and credentials: lower case, since Vault folds policy names. */
  static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9_-]{0,62}");

  static final Duration ZERO = Duration.ZERO;
  static final Duration SECOND = Duration.ofSeconds(1);
  static final Duration DAY = Duration.ofDays(1);
  static final Duration MONTH = Duration.ofDays(30);

  // SPIFFE-ID.md §2: lower-case trust domain, path segments of a small alphabet, no dot segments.
  private static final String SPIFFE =
      "spiffe://[a-z0-9._-]{1,255}(/(?!\\.{1,2}(/|$))[A-Za-z0-9._-]{1,255}){1,32}";

  static final Scalar<String> SPIFFE_ID =
      Scalars.expandedText(
          "a SPIFFE ID such as spiffe://example.org/agent", SPIFFE, Function.identity());

  /** The same where it names somebody else's right: written out, never taken from a variable. */
  static final Scalar<String> AGENT_ID =
      Scalars.text("a SPIFFE ID such as spiffe://example.org/agent", SPIFFE, Function.identity());

  /** The same, or all below one. */
  static final Scalar<String> AGENT_PATTERN =
      Scalars.text(
          "a SPIFFE ID, or all below one such as spiffe://example.org/agent/*",
          SPIFFE + "(/\\*)?|spiffe://[a-z0-9._-]{1,255}/\\*",
          Function.identity());

  /** Of an agent that has an entry of its own. */
  static final Pattern AGENT = Pattern.compile(SPIFFE);

  static final Pattern LABEL = Pattern.compile("[A-Za-z0-9._/-]{1,64}");

  static final Scalar<String> HOST =
      Scalars.text(
          "a host name or an address",
          text -> {
            String name = HostName.name(text);
            if (name == null && text.indexOf(':') < 0) {
              throw new IllegalArgumentException("must be a host name or an address");
            }
            return name == null ? text : name;
          });

  static final Scalar<String> NAME_OF =
      Scalars.text(
          "a name (lower-case letters, digits, '-', '_')", NAME.pattern(), Function.identity());

  static final Scalar<URI> WORKLOAD_API =
      Scalars.expandedText(
          "unix:///path or tcp://IP:PORT of the Workload API",
          "unix://(/[^\\s?#]+)|tcp://[0-9a-fA-F.:\\[\\]]+:[0-9]{1,5}",
          Values::uri);

  static final Scalar<URI> PEER_ADDRESS =
      Scalars.expandedText(
          "https://HOST[:PORT] of another sidecar's delegation.listen",
          "https://(\\[[0-9a-fA-F:.]+]|[A-Za-z0-9_.-]+)(:[0-9]{1,5})?/?",
          text -> uri(text.replaceFirst("/$", "")));

  static final Scalar<URI> VAULT_ADDRESS =
      Scalars.expandedText(
          "https://HOST[:PORT] of Vault's active node",
          "https://(\\[[0-9a-fA-F:.]+]|[A-Za-z0-9_.-]+)(:[0-9]{1,5})?/?",
          text -> uri(text.replaceFirst("/$", "")));

  static final Scalar<ListenAddress> LISTEN =
      Scalars.expandedText(
          "IP:PORT or unix:/path", "(unix:.+|[^\\s]+:[0-9]{1,5})", ListenAddress::parse);

  static final Scalar<ListenAddress.Tcp> LISTEN_TCP =
      Scalars.expandedText("IP:PORT", "[^\\s]+:[0-9]{1,5}", Values::tcp);

  /** {@code system} is the empty host. */
  static final Scalar<String> RESOLVER =
      Scalars.expandedText(
          "system or IP:PORT of a DNS server", "system|[^\\s]+:[0-9]{1,5}", Values::resolver);

  static final Scalar<DestinationUrl> URL =
      Scalars.expandedText(
          "a URL such as https://api.example.com or postgresql://db.internal:5432/orders",
          DestinationUrl.PATTERN,
          DestinationUrl::parse);

  static final Scalar<AddressRange> ADDRESSES =
      Scalars.text("an IP address or CIDR block such as 10.0.0.0/8", AddressRange::parse);

  static final Scalar<PathPattern> PATH_RULE =
      Scalars.text("a path such as /api/*/items or /api/**", PathPattern::parse);

  static final Scalar<String> METHOD =
      Scalars.text(
          "an HTTP method in capitals (not CONNECT or TRACE)",
          "(?!CONNECT$|TRACE$)[A-Z][A-Z-]{0,19}",
          Function.identity());

  static final Scalar<String> HEADER =
      Scalars.text("a header name", "[A-Za-z0-9-]{1,64}", text -> text.toLowerCase(Locale.ROOT));

  static final Scalar<String> VARIABLE =
      Scalars.text(
          "the name of an environment variable",
          "[A-Za-z_][A-Za-z0-9_]{0,127}",
          Function.identity());

  static final Scalar<Template> TEMPLATE =
      Scalars.text("a template such as {password}", Template::parse);

  /** For the password beside a key that is sent as the user name. */
  static final Scalar<Template> TEMPLATE_OR_EMPTY = Scalars.anyText("a template", Template::parse);

  /** What decided, as denials and the audit log name it. */
  static final Scalar<String> RULE_PLACE =
      Scalars.text(
          "a rule such as policy.rules.orders",
          "[a-z][A-Za-z0-9_.\\[\\]-]{0,199}",
          Function.identity());

  static final Scalar<String> PARAMETER =
      Scalars.text("a name", "[A-Za-z0-9._~-]{1,64}", Function.identity());

  static final Scalar<URI> WEB_URL =
      Scalars.expandedText(
          "http://HOST:PORT or https://HOST:PORT",
          "https?://(\\[[0-9a-fA-F:.]+]|[A-Za-z0-9_.-]+)(:[0-9]{1,5})?/?",
          text -> uri(text.replaceFirst("/$", "")));

  static final Scalar<URI> ENGINE_URL =
      Scalars.expandedText(
          "a URL such as http://127.0.0.1:8181/v1/data/leasehold/allow",
          "https?://(\\[[0-9a-fA-F:.]+]|[A-Za-z0-9_.-]+)(:[0-9]{1,5})?(/[A-Za-z0-9._~/-]*)?",
          Values::uri);

  /** What stands at a key whose form is not settled yet. */
  static final Anything UNKNOWN = new Anything();

  // Literal: '*' and '+' are wildcards in Vault's policies, which are written from these paths.
  static final Scalar<String> VAULT_PATH =
      Scalars.text(
          "a path of Vault's API such as database/creds/orders",
          "(?!(sys|auth|cubbyhole)/)[A-Za-z0-9_.@-]+(/[A-Za-z0-9_.@-]+)+",
          Values::vaultPath);

  static final Scalar<String> SIGNING_PATH =
      Scalars.text(
          "MOUNT/root/sign-intermediate or MOUNT/issuer/REF/sign-intermediate",
          "(?!(sys|auth|cubbyhole|identity)/)[A-Za-z0-9_.@-]+(/[A-Za-z0-9_.@-]+)*"
              + "/(root|issuer/[A-Za-z0-9_.-]+)/sign-intermediate",
          Values::vaultPath);

  static final Scalar<String> MOUNT =
      Scalars.text(
          "the mount of an auth method such as auth/cert",
          "auth(/[A-Za-z0-9_.-]+)+",
          Values::vaultPath);

  static final Scalar<String> ROLE =
      Scalars.text(
          "a role's name (letters, digits, '-', '_')", "[A-Za-z0-9_-]{1,128}", Function.identity());

  private Values() {}

  private static URI uri(String text) {
    URI uri = URI.create(text);
    if (uri.getPort() > 65535) {
      throw new IllegalArgumentException("the port must be 1 to 65535");
    }
    return uri;
  }

  private static ListenAddress.Tcp tcp(String text) {
    if (ListenAddress.parse(text) instanceof ListenAddress.Tcp tcp) {
      return tcp;
    }
    throw new IllegalArgumentException("must be IP:PORT");
  }

  private static String resolver(String text) {
    if (!text.equals("system")) {
      var server = tcp(text);
      if (server.address().getPort() == 0) {
        throw new IllegalArgumentException("the port must be 1 to 65535");
      }
    }
    return text;
  }

  private static String vaultPath(String text) {
    for (String segment : text.split("/", -1)) {
      if (segment.equals(".") || segment.equals("..")) {
        throw new IllegalArgumentException("a path of Vault's API has no dot segments");
      }
    }
    return text;
  }
}
