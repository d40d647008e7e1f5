package dev.leasehold.broker.inject;

import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/** How one credential is put into a call. */
public sealed interface Injection {
  /** The answered fields that are used. */
  Set<String> fields();

  /** {@code Authorization: Bearer …} (RFC 6750). */
  record Bearer(Template token) implements Injection {
    @Override
    public Set<String> fields() {
      return token.fields();
    }
  }

  /** {@code Authorization: Basic …} (RFC 7617). */
  record Basic(Template username, Template password) implements Injection {
    @Override
    public Set<String> fields() {
      return union(username, password);
    }
  }

  /**
   * A header of any name.
   *
   * @param name a token (RFC 9110 §5.6.2) in lower case; not one that frames or routes a message
   */
  record Header(String name, Template value) implements Injection {
    private static final Set<String> NOT_FOR_CREDENTIALS =
        Set.of(
            "host",
            "content-length",
            "transfer-encoding",
            "connection",
            "keep-alive",
            "upgrade",
            "te",
            "trailer",
            "expect",
            "via",
            "proxy-authorization",
            "proxy-connection",
            "range",
            "accept-encoding");

    public Header {
      if (!name.matches("[A-Za-z0-9-]{1,64}")) {
        throw new IllegalArgumentException("a header name is letters, digits and '-'");
      }
      name = name.toLowerCase(Locale.ROOT);
      if (NOT_FOR_CREDENTIALS.contains(name)) {
        throw new IllegalArgumentException("this header cannot carry a credential");
      }
    }

    @Override
    public Set<String> fields() {
      return value.fields();
    }
  }

  /**
   * A query parameter; percent-encoded on the way.
   *
   * @param name unreserved characters only (RFC 3986 §2.3)
   */
  record Query(String name, Template value) implements Injection {
    public Query {
      if (!name.matches("[A-Za-z0-9._~-]{1,64}")) {
        throw new IllegalArgumentException(
            "a query name is letters, digits and '.', '_', '~', '-'");
      }
    }

    @Override
    public Set<String> fields() {
      return value.fields();
    }
  }

  /** User and password of a database wire; no HTTP call can use it. */
  record Login(Template username, Template password) implements Injection {
    @Override
    public Set<String> fields() {
      return union(username, password);
    }
  }

  /** A certificate and its key, both PEM, by which connections say who they are (TLS). */
  record Mtls(Template certificate, Template key) implements Injection {
    @Override
    public Set<String> fields() {
      return union(certificate, key);
    }
  }

  private static Set<String> union(Template one, Template other) {
    Set<String> all = new HashSet<>(one.fields());
    all.addAll(other.fields());
    return Set.copyOf(all);
  }
}
