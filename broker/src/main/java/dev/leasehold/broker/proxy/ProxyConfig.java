package dev.leasehold.broker.proxy;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/**
 * Where agents are served, and how names are looked up for them.
 *
 * @param proxy the listener whose calls name their task themselves
 * @param defaultProxy the listener whose calls belong to the default task unless they name one
 * @param nameServer the DNS server asked; empty: the system's resolver, {@code /etc/hosts} included
 * @param runtimeDir where the sockets of tasks are made
 * @param unsafeListen permits addresses that other machines can reach
 * @param reserved Leasehold's other listeners: never dialled for an agent, whatever is configured
 */
public record ProxyConfig(
    ListenAddress proxy,
    Optional<ListenAddress> defaultProxy,
    Optional<InetSocketAddress> nameServer,
    Path runtimeDir,
    boolean unsafeListen,
    Set<InetSocketAddress> reserved) {
  public ProxyConfig {
    reserved = Set.copyOf(reserved);
    if (!unsafeListen
        && !(proxy.isLocal() && defaultProxy.map(ListenAddress::isLocal).orElse(true))) {
      throw new IllegalArgumentException("the address is not loopback; unsafe-listen permits it");
    }
  }
}
