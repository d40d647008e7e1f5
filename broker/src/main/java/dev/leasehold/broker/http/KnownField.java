package dev.leasehold.broker.http;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Header fields with a meaning here, each with the one role that decides whether it passes. */
public enum KnownField {
  HOST(Role.FRAMING),
  CONTENT_LENGTH(Role.FRAMING),
  TRANSFER_ENCODING(Role.FRAMING),

  CONNECTION(Role.HOP_BY_HOP),
  KEEP_ALIVE(Role.HOP_BY_HOP),
  PROXY_CONNECTION(Role.HOP_BY_HOP),
  PROXY_AUTHENTICATE(Role.HOP_BY_HOP),
  PROXY_AUTHENTICATION_INFO(Role.HOP_BY_HOP),
  PROXY_AUTHORIZATION(Role.HOP_BY_HOP),
  PROXY_STATUS(Role.HOP_BY_HOP),
  /** Said to Leasehold and to nobody else. */
  LEASEHOLD_INTENT(Role.HOP_BY_HOP),
  TE(Role.HOP_BY_HOP),
  TRAILER(Role.HOP_BY_HOP),
  UPGRADE(Role.HOP_BY_HOP),
  HTTP2_SETTINGS(Role.HOP_BY_HOP),

  AUTHORIZATION(Role.CREDENTIAL),
  COOKIE(Role.CREDENTIAL),
  COOKIE2(Role.CREDENTIAL),
  API_KEY(Role.CREDENTIAL),
  APIKEY(Role.CREDENTIAL),
  X_API_KEY(Role.CREDENTIAL),
  X_APIKEY(Role.CREDENTIAL),
  X_API_TOKEN(Role.CREDENTIAL),
  X_AUTH_TOKEN(Role.CREDENTIAL),
  X_AUTH_KEY(Role.CREDENTIAL),
  X_AUTH_EMAIL(Role.CREDENTIAL),
  X_ACCESS_TOKEN(Role.CREDENTIAL),
  X_AUTHORIZATION(Role.CREDENTIAL),
  X_FORWARDED_AUTHORIZATION(Role.CREDENTIAL),
  X_CSRF_TOKEN(Role.CREDENTIAL),
  X_XSRF_TOKEN(Role.CREDENTIAL),
  X_GOOG_API_KEY(Role.CREDENTIAL),
  X_GOOG_IAM_AUTHORIZATION_TOKEN(Role.CREDENTIAL),
  X_GOOG_IAM_AUTHORITY_SELECTOR(Role.CREDENTIAL),
  X_GOOG_USER_PROJECT(Role.CREDENTIAL),
  X_AMZ_SECURITY_TOKEN(Role.CREDENTIAL),
  X_AMZ_DATE(Role.CREDENTIAL),
  X_AMZ_CONTENT_SHA256(Role.CREDENTIAL),
  X_MS_DATE(Role.CREDENTIAL),
  X_FUNCTIONS_KEY(Role.CREDENTIAL),
  OCP_APIM_SUBSCRIPTION_KEY(Role.CREDENTIAL),
  X_VAULT_TOKEN(Role.CREDENTIAL),
  X_CONSUL_TOKEN(Role.CREDENTIAL),
  X_NOMAD_TOKEN(Role.CREDENTIAL),
  X_GITHUB_TOKEN(Role.CREDENTIAL),
  PRIVATE_TOKEN(Role.CREDENTIAL),
  JOB_TOKEN(Role.CREDENTIAL),
  DEPLOY_TOKEN(Role.CREDENTIAL),
  X_GITLAB_TOKEN(Role.CREDENTIAL),
  X_SHOPIFY_ACCESS_TOKEN(Role.CREDENTIAL),
  X_JFROG_ART_API(Role.CREDENTIAL),
  X_REDMINE_API_KEY(Role.CREDENTIAL),
  X_TOKEN(Role.CREDENTIAL),
  X_SESSION_TOKEN(Role.CREDENTIAL),
  X_CLIENT_SECRET(Role.CREDENTIAL),
  DPOP(Role.CREDENTIAL),
  X_FORWARDED_USER(Role.CREDENTIAL),
  X_FORWARDED_CLIENT_CERT(Role.CREDENTIAL),
  X_REMOTE_USER(Role.CREDENTIAL),
  REMOTE_USER(Role.CREDENTIAL),
  X_WEBAUTH_USER(Role.CREDENTIAL),
  CLIENT_CERT(Role.CREDENTIAL),
  CLIENT_CERT_CHAIN(Role.CREDENTIAL),
  X_SSL_CLIENT_CERT(Role.CREDENTIAL),
  SIGNATURE(Role.CREDENTIAL),
  SIGNATURE_INPUT(Role.CREDENTIAL),

  X_HTTP_METHOD(Role.REWRITE),
  X_HTTP_METHOD_OVERRIDE(Role.REWRITE),
  X_METHOD_OVERRIDE(Role.REWRITE),
  X_ORIGINAL_URL(Role.REWRITE),
  X_ORIGINAL_URI(Role.REWRITE),
  X_ORIGINAL_METHOD(Role.REWRITE),
  X_REWRITE_URL(Role.REWRITE),
  X_FORWARDED_URI(Role.REWRITE),
  X_FORWARDED_URL(Role.REWRITE),
  X_FORWARDED_PATH(Role.REWRITE),
  X_FORWARDED_PREFIX(Role.REWRITE),
  X_FORWARDED_METHOD(Role.REWRITE),
  X_FORWARDED_HOST(Role.REWRITE),
  X_FORWARDED_SERVER(Role.REWRITE),
  X_FORWARDED_PORT(Role.REWRITE),
  X_FORWARDED_PROTO(Role.REWRITE),
  X_FORWARDED_SCHEME(Role.REWRITE),
  X_FORWARDED_FOR(Role.REWRITE),
  X_REAL_IP(Role.REWRITE),
  X_HOST(Role.REWRITE),
  X_HTTP_HOST_OVERRIDE(Role.REWRITE),
  X_ENVOY_ORIGINAL_PATH(Role.REWRITE),
  X_ACCEL_REDIRECT(Role.REWRITE),
  X_SENDFILE(Role.REWRITE),
  FORWARDED(Role.REWRITE),
  BASE_URL(Role.REWRITE),
  REQUEST_URI(Role.REWRITE),
  DESTINATION_URL(Role.REWRITE),

  RANGE(Role.PARTIAL),
  IF_RANGE(Role.PARTIAL),
  ACCEPT_ENCODING(Role.ENCODING),
  SEC_WEBSOCKET_EXTENSIONS(Role.ENCODING),
  SEC_WEBSOCKET_KEY(Role.PLAIN),
  SEC_WEBSOCKET_VERSION(Role.PLAIN),
  SEC_WEBSOCKET_ACCEPT(Role.PLAIN),
  SEC_WEBSOCKET_PROTOCOL(Role.PLAIN),
  CONTENT_ENCODING(Role.PLAIN),
  EXPECT(Role.PLAIN),
  VIA(Role.PLAIN),
  ORIGIN(Role.PLAIN),
  SEC_FETCH_SITE(Role.PLAIN),
  USER_AGENT(Role.PLAIN),
  LOCATION(Role.PLAIN),
  DATE(Role.PLAIN);

  /** What a field does, as far as passing it on is concerned. */
  public enum Role {
    /** Says where a message ends or whom it is for: always written anew. */
    FRAMING,
    /** Ends at this hop (RFC 9110 §7.6.1). */
    HOP_BY_HOP,
    /** Carries a credential, or claims to be somebody. */
    CREDENTIAL,
    /** Makes a server act on another method or address than the request line's. */
    REWRITE,
    /** Asks for a part of the answer only. */
    PARTIAL,
    /** Asks for a coded answer, or offers to code what is sent. */
    ENCODING,
    /** Passes. */
    PLAIN
  }

  private static final int BUCKETS = 512;
  private static final KnownField[][] TABLE = new KnownField[BUCKETS][];

  static {
    KnownField[] none = new KnownField[0];
    java.util.Arrays.fill(TABLE, none);
    for (KnownField field : values()) {
      byte[] name = field.text.getBytes(StandardCharsets.US_ASCII);
      int bucket = hash(name, 0, name.length) & BUCKETS - 1;
      KnownField[] longer = java.util.Arrays.copyOf(TABLE[bucket], TABLE[bucket].length + 1);
      longer[longer.length - 1] = field;
      TABLE[bucket] = longer;
    }
  }

  private final String text = name().toLowerCase(Locale.ROOT).replace('_', '-');
  private final Role role;

  KnownField(Role role) {
    this.role = role;
  }

  public Role role() {
    return role;
  }

  /** Lower case, as on the wire. */
  public String text() {
    return text;
  }

  /** The field of that name in any case; null when it has no meaning here. */
  static @Nullable KnownField of(byte[] bytes, int from, int to) {
    for (KnownField field : TABLE[hash(bytes, from, to) & BUCKETS - 1]) {
      if (Ascii.equalsIgnoreCase(bytes, from, to, field.text)) {
        return field;
      }
    }
    return null;
  }

  private static int hash(byte[] bytes, int from, int to) {
    int hash = to - from;
    for (int i = from; i < to; i++) {
      hash = hash * 31 + (bytes[i] | 0x20);
    }
    return hash ^ hash >>> 9;
  }
}
