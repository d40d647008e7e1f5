package dev.leasehold.broker.proxy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;

/** A local address that agents connect to. */
public sealed interface ListenAddress {
  /** Port 0 takes a free one. */
  record Tcp(InetSocketAddress address) implements ListenAddress {
    public Tcp {
      if (address.isUnresolved()) {
        throw new IllegalArgumentException("not an IP address");
      }
    }

    @Override
    public boolean isLocal() {
      return address.getAddress().isLoopbackAddress();
    }

    @Override
    public SocketAddress socketAddress() {
      return address;
    }
  }

  record Unix(Path path) implements ListenAddress {
    private static final int LONGEST = 107; // sun_path less its terminating zero

    public Unix {
      if (!path.isAbsolute()) {
        throw new IllegalArgumentException("the path of a socket must be absolute");
      }
      if (path.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8).length > LONGEST) {
        throw new IllegalArgumentException(
            "the path of a socket may have " + LONGEST + " bytes at most");
      }
    }

    @Override
    public boolean isLocal() {
      return true;
    }

    @Override
    public SocketAddress socketAddress() {
      return UnixDomainSocketAddress.of(path);
    }
  }

  /** Whether only this machine can reach it; anything else needs {@code unsafe-listen}. */
  boolean isLocal();

  SocketAddress socketAddress();

  /**
   * Reads {@code ADDRESS:PORT}, {@code [IPV6]:PORT}, {@code localhost:PORT} or {@code unix:PATH}.
   *
   * @throws IllegalArgumentException with a message for the person who wrote it
   */
  static ListenAddress parse(String text) {
    if (text.startsWith("unix:")) {
      return new Unix(Path.of(text.substring("unix:".length()).replaceFirst("^//(?=/)", "")));
    }
    int colon = text.lastIndexOf(':');
    if (colon < 1 || !text.substring(colon + 1).matches("[0-9]{1,5}")) {
      throw new IllegalArgumentException("an address is IP:PORT or unix:PATH");
    }
    int port = Integer.parseInt(text.substring(colon + 1));
    if (port > 65535) {
      throw new IllegalArgumentException("port out of range");
    }
    String host = text.substring(0, colon);
    if (host.equals("localhost")) {
      host = "127.0.0.1";
    } else if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    } else if (host.indexOf(':') >= 0) {
      throw new IllegalArgumentException("an IPv6 address stands in brackets");
    }
    try {
      return new Tcp(new InetSocketAddress(InetAddress.ofLiteral(host), port));
    } catch (IllegalArgumentException notAnAddress) {
      throw new IllegalArgumentException("an address is IP:PORT or unix:PATH", notAnAddress);
    }
  }
}
