package dev.leasehold.broker.inject;

import dev.leasehold.broker.http.Fields;
import dev.leasehold.broker.http.Framing;
import dev.leasehold.broker.http.KnownField;
import dev.leasehold.broker.http.RequestHead;
import dev.leasehold.broker.http.Wire;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The request that goes to the target: written anew from what was decided, field by field, never a
 * copy of the agent's bytes. Where a credential is injected, everything that could stand beside it
 * or bend it elsewhere is left out, and the secret is put in last of all.
 *
 * @param agent the head as the agent sent it
 * @param path canonical, the one that was decided on
 * @param query without its question mark; empty: none
 * @param authority the target's, for Host
 * @param framing of the body
 * @param dropFields lower-case names that do not pass
 * @param onlyFields lower-case names; when not empty, nothing else passes
 * @param webSocket whether the target is asked to turn the connection into one (RFC 6455 §4.1)
 * @param via this instance's name for Via (RFC 9110 §7.6.3)
 */
public record OutboundRequest(
    RequestHead agent,
    String method,
    String path,
    String query,
    String authority,
    Framing framing,
    Set<String> dropFields,
    Set<String> onlyFields,
    boolean webSocket,
    String via) {
  /** Bytes of what is written whatever the call, names of fields and ends of lines among it. */
  private static final int OWN_LINES = 512;

  /**
   * Writes the head.
   *
   * @param injector null for a call without a credential
   * @return to be wiped by the caller once sent, if there was an injector
   */
  public ByteBuf write(ByteBufAllocator allocator, @Nullable Injector injector) {
    Fields fields = agent.fields();
    // Never grown: what it would be copied out of could not be wiped.
    int most = mostBytes() + (injector == null ? 0 : injector.mostBytes());
    ByteBuf out = allocator.directBuffer(most, most);
    boolean written = false;
    try {
      line(out, injector);
      Wire.ascii(out, "host: ");
      Wire.ascii(out, authority);
      Wire.endLine(out);
      String own = injector == null ? "" : injector.fieldName();
      for (int i = 0; i < fields.size(); i++) {
        if (passes(fields, i, injector != null, own)) {
          fields.writeLine(i, out);
        }
      }
      ownFields(out, injector != null);
      if (injector != null) {
        injector.writeField(out);
      }
      Wire.endLine(out);
      written = true;
      return out;
    } finally {
      if (!written) {
        wipe(out);
        out.release();
      }
    }
  }

  private int mostBytes() {
    return OWN_LINES
        + agent.fields().wireSize()
        + method.length()
        + path.length()
        + query.length()
        + authority.length()
        + via.length();
  }

  /** Overwrites what {@link #write} wrote. */
  public static void wipe(ByteBuf head) {
    head.setZero(0, head.writerIndex());
  }

  private void line(ByteBuf out, @Nullable Injector injector) {
    Wire.ascii(out, method);
    out.writeByte(' ');
    Wire.ascii(out, path);
    String kept = injector == null ? query : CredentialQuery.strip(query, injector.queryName());
    if (!kept.isEmpty()) {
      out.writeByte('?');
      Wire.ascii(out, kept);
    }
    if (injector != null && !injector.queryName().isEmpty()) {
      out.writeByte(kept.isEmpty() ? '?' : '&');
      injector.writeQuery(out);
    }
    Wire.ascii(out, " HTTP/1.1\r\n");
  }

  private boolean passes(Fields fields, int index, boolean credentialed, String own) {
    KnownField known = fields.known(index);
    KnownField.Role role = known == null ? KnownField.Role.PLAIN : known.role();
    boolean passes =
        switch (role) {
          case FRAMING, HOP_BY_HOP -> false;
          case CREDENTIAL, REWRITE, PARTIAL, ENCODING -> !credentialed;
          case PLAIN ->
              known != KnownField.EXPECT
                  && (known != null || !fields.nameStartsWith(index, "proxy"));
        };
    if (!passes) {
      return false;
    }
    if (credentialed && (fields.hasAliasName(index) || fields.nameIs(index, own))) {
      return false;
    }
    if (dropFields.isEmpty() && onlyFields.isEmpty()) {
      return true;
    }
    String name = fields.name(index);
    return !dropFields.contains(name) && (onlyFields.isEmpty() || onlyFields.contains(name));
  }

  private void ownFields(ByteBuf out, boolean credentialed) {
    if (credentialed) {
      Wire.ascii(out, "accept-encoding: identity\r\n");
    }
    switch (framing) {
      case Framing.None none -> {
        if (agent.fields().has(KnownField.CONTENT_LENGTH)) {
          Wire.ascii(out, "content-length: 0\r\n");
        }
      }
      case Framing.Length(long bytes) -> {
        Wire.ascii(out, "content-length: ");
        Wire.decimal(out, bytes);
        Wire.endLine(out);
      }
      case Framing.Chunked chunked -> Wire.ascii(out, "transfer-encoding: chunked\r\n");
      case Framing.UntilClose close ->
          throw new IllegalStateException("a request cannot end with the connection");
    }
    if (agent.isVersion11() && agent.fields().has(KnownField.EXPECT)) {
      Wire.ascii(out, "expect: 100-continue\r\n");
    }
    if (webSocket) {
      Wire.ascii(out, "connection: Upgrade\r\nupgrade: websocket\r\n");
    }
    Wire.ascii(out, "via: 1.1 ");
    Wire.ascii(out, via);
    Wire.endLine(out);
  }
}
