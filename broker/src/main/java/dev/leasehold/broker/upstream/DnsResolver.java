package dev.leasehold.broker.upstream;

import io.netty.channel.EventLoop;
import io.netty.resolver.HostsFileEntriesResolver;
import io.netty.resolver.ResolvedAddressTypes;
import io.netty.resolver.dns.DnsNameResolver;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.resolver.dns.NoopAuthoritativeDnsServerCache;
import io.netty.resolver.dns.NoopDnsCache;
import io.netty.resolver.dns.NoopDnsCnameCache;
import io.netty.resolver.dns.SingletonDnsServerAddressStreamProvider;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * One DNS server, asked for IPv4 and IPv6 addresses; no hosts file, no search list, no cache of
 * ours.
 */
final class DnsResolver implements Resolver {
  private final InetSocketAddress server;
  private final Map<EventLoop, DnsNameResolver> resolvers = new ConcurrentHashMap<>();

  DnsResolver(InetSocketAddress server) {
    this.server = server;
  }

  @Override
  public CompletionStage<List<InetAddress>> resolve(String host, Duration timeout, EventLoop loop) {
    CompletableFuture<List<InetAddress>> answer = new CompletableFuture<>();
    resolvers
        .computeIfAbsent(loop, this::open)
        .resolveAll(host)
        .addListener(
            future -> {
              if (future.isSuccess()) {
                @SuppressWarnings("unchecked") // what resolveAll promises
                List<InetAddress> addresses = (List<InetAddress>) future.getNow();
                answer.complete(List.copyOf(addresses));
              } else {
                answer.completeExceptionally(future.cause());
              }
            });
    return answer.orTimeout(timeout.toNanos(), TimeUnit.NANOSECONDS);
  }

  private DnsNameResolver open(EventLoop loop) {
    return new DnsNameResolverBuilder(loop)
        .datagramChannelType(Channels.datagram(loop))
        .socketChannelType(Channels.socket(loop))
        .nameServerProvider(new SingletonDnsServerAddressStreamProvider(server))
        .resolvedAddressTypes(ResolvedAddressTypes.IPV4_PREFERRED)
        .hostsFileEntriesResolver(NO_HOSTS_FILE)
        .searchDomains(List.of())
        .ndots(0)
        .resolveCache(NoopDnsCache.INSTANCE)
        .cnameCache(NoopDnsCnameCache.INSTANCE)
        .authoritativeDnsServerCache(NoopAuthoritativeDnsServerCache.INSTANCE)
        .queryTimeoutMillis(2000)
        .maxQueriesPerResolve(8)
        .build();
  }

  private static final HostsFileEntriesResolver NO_HOSTS_FILE = (host, types) -> null;

  @Override
  public void close() {
    resolvers.values().forEach(DnsNameResolver::close);
  }
}
