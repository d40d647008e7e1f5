package dev.leasehold.broker.inject;

import java.util.Locale;
import java.util.Set;

/** Takes out of a query whatever names a credential, or another method or address. */
final class CredentialQuery {
  private static final Set<String> NAMES =
      Set.of(
          "access_token",
          "access-token",
          "accesstoken",
          "api_key",
          "api-key",
          "apikey",
          "x-api-key",
          "api_token",
          "apitoken",
          "key",
          "token",
          "auth",
          "auth_token",
          "auth-token",
          "authtoken",
          "authorization",
          "bearer_token",
          "client_assertion",
          "client_secret",
          "hapikey",
          "id_token",
          "job_token",
          "jwt",
          "oauth_token",
          "pass",
          "passwd",
          "password",
          "private_token",
          "pwd",
          "refresh_token",
          "secret",
          "session",
          "sessionid",
          "session_id",
          "sid",
          "sig",
          "signature",
          "subscription-key",
          "awsaccesskeyid",
          "googleaccessid",
          "_method",
          "x-http-method-override",
          "x-method-override");

  private CredentialQuery() {}

  /**
   * The query without its credentials.
   *
   * @param query without its question mark
   * @param own the name that is going to be set; empty: none
   */
  static String strip(String query, String own) {
    if (query.isEmpty()) {
      return query;
    }
    StringBuilder kept = null; // made only when something has to go
    int from = 0;
    while (from <= query.length()) {
      int to = end(query, from);
      boolean goes = names(query.substring(from, to), own);
      if (goes && kept == null) {
        kept = new StringBuilder(query.length()).append(query, 0, from);
      } else if (!goes && kept != null) {
        kept.append(query, from, Math.min(to + 1, query.length()));
      }
      from = to + 1;
    }
    if (kept == null) {
      return query;
    }
    int length = kept.length();
    if (length > 0 && isSeparator(kept.charAt(length - 1))) {
      kept.setLength(length - 1);
    }
    return kept.toString();
  }

  /** Some servers part at semicolons as well. */
  private static int end(String query, int from) {
    int at = from;
    while (at < query.length() && !isSeparator(query.charAt(at))) {
      at++;
    }
    return at;
  }

  private static boolean isSeparator(char c) {
    return c == '&' || c == ';';
  }

  private static boolean names(String parameter, String own) {
    int equals = parameter.indexOf('=');
    String name = decode(equals < 0 ? parameter : parameter.substring(0, equals));
    int bracket = name.indexOf('['); // api_key[]=, as some servers read lists
    if (bracket > 0) {
      name = name.substring(0, bracket);
    }
    return NAMES.contains(name)
        || name.startsWith("x-amz-")
        || name.startsWith("x-goog-")
        || !own.isEmpty() && name.equals(own.toLowerCase(Locale.ROOT));
  }

  /** Lower case, as a server would read it. */
  private static String decode(String name) {
    if (name.indexOf('%') < 0 && name.indexOf('+') < 0) {
      return name.toLowerCase(Locale.ROOT);
    }
    StringBuilder out = new StringBuilder(name.length());
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      int high = c == '%' && i + 2 < name.length() ? Character.digit(name.charAt(i + 1), 16) : -1;
      int low = high >= 0 ? Character.digit(name.charAt(i + 2), 16) : -1;
      if (low >= 0) {
        out.append((char) (high << 4 | low));
        i += 2;
      } else {
        out.append(c == '+' ? ' ' : c);
      }
    }
    return out.toString().strip().toLowerCase(Locale.ROOT);
  }
}
