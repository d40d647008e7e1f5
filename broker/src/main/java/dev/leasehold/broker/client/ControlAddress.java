package dev.leasehold.broker.client;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/**
 * Where the control API is served, as {@code --control} and {@code LEASEHOLD_CONTROL} name it: a
 * Unix socket ({@code unix:/path} or {@code unix:///path}) or {@code http://} with a loopback
 * address and a port.
 */
sealed interface ControlAddress {
  /** What the configuration's documentation shows, for callers that name nothing. */
  static ControlAddress usual() {
    return new Socket(Path.of("/run/leasehold/control.sock"));
  }

  /** Callers are known by their uid. */
  record Socket(Path path) implements ControlAddress {}

  /** Callers are known by a token. */
  record Loopback(InetSocketAddress address) implements ControlAddress {}

  static ControlAddress parse(String text) throws ClientFailure {
    if (text.startsWith("unix:")) {
      return socket(text.substring("unix:".length()));
    }
    try {
      URI url = URI.create(text);
      String host = url.getHost();
      boolean isPlain =
          url.getUserInfo() == null
              && (url.getRawPath().isEmpty() || url.getRawPath().equals("/"))
              && url.getRawQuery() == null;
      if ("http".equals(url.getScheme()) && host != null && url.getPort() > 0 && isPlain) {
        return loopback(host, url.getPort());
      }
    } catch (IllegalArgumentException | UnknownHostException notAnAddress) {
      throw wrong();
    }
    throw wrong();
  }

  private static ControlAddress socket(String rest) throws ClientFailure {
    try {
      String path = rest.startsWith("//") ? rest.substring(2) : rest;
      if (path.isEmpty()) {
        throw wrong();
      }
      return new Socket(Path.of(path));
    } catch (InvalidPathException notAPath) {
      throw wrong();
    }
  }

  /** A token is sent there in the clear, so no other machine may be named, by mistake or not. */
  private static ControlAddress loopback(String host, int port)
      throws ClientFailure, UnknownHostException {
    boolean isLiteral = host.startsWith("[") || host.matches("[0-9.]+");
    if (!isLiteral && !host.equals("localhost")) {
      throw wrong();
    }
    InetAddress address = InetAddress.getByName(isLiteral ? host : "127.0.0.1");
    if (!address.isLoopbackAddress()) {
      throw wrong();
    }
    return new Loopback(new InetSocketAddress(address, port));
  }

  private static ClientFailure wrong() {
    return ClientFailure.usage(
        "the control address must be unix:///PATH or http:// with a loopback address and a port");
  }

  default SocketAddress address() {
    return switch (this) {
      case Socket(Path path) -> UnixDomainSocketAddress.of(path);
      case Loopback(InetSocketAddress address) -> address;
    };
  }

  /** For the {@code Host} header. */
  default String host() {
    return switch (this) {
      case Socket socket -> "localhost";
      case Loopback(InetSocketAddress address) -> authority(address);
    };
  }

  /** For messages. */
  default String text() {
    return switch (this) {
      case Socket(Path path) -> "unix:" + path;
      case Loopback(InetSocketAddress address) -> "http://" + authority(address);
    };
  }

  private static String authority(InetSocketAddress address) {
    String literal = address.getAddress().getHostAddress();
    boolean isV6 = address.getAddress() instanceof java.net.Inet6Address;
    // Of the loopback addresses only ::1 is one of version 6.
    return (isV6 ? "[::1]" : literal) + ":" + address.getPort();
  }
}
