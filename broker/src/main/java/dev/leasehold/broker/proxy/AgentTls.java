package dev.leasehold.broker.proxy;

import dev.leasehold.broker.ca.CertificateAuthorities;
import dev.leasehold.broker.ca.InterceptionCa;
import dev.leasehold.broker.ca.Leaf;
import dev.leasehold.broker.task.Task;
import dev.leasehold.broker.upstream.TlsEngines;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLException;

/**
 * The TLS that is spoken to agents inside a tunnel: one context for each host of a CA, so their
 * number is bounded by the configuration. Only HTTP/1.1 is offered (RFC 7301); a client that wants
 * nothing else gets its refusal inside the tunnel, where it can be read. Safe for several threads.
 */
final class AgentTls {
  private static final ApplicationProtocolConfig HTTP_1_1 =
      new ApplicationProtocolConfig(
          Protocol.ALPN,
          SelectorFailureBehavior.NO_ADVERTISE,
          SelectedListenerFailureBehavior.ACCEPT,
          ApplicationProtocolNames.HTTP_1_1);

  private record HostOfCa(InterceptionCa ca, String host) {}

  private record Shown(Leaf leaf, SslContext context) {}

  private final CertificateAuthorities authorities;
  private final SslProvider provider;
  private final Map<HostOfCa, Shown> shown = new ConcurrentHashMap<>();

  AgentTls(CertificateAuthorities authorities, SslProvider provider) {
    this.authorities = authorities;
    this.provider = provider;
  }

  /**
   * How to pass for {@code host} towards an agent that works on {@code task}; empty where the
   * task's CA does not cover it. Completes on any thread, and mostly at once.
   */
  Optional<CompletableFuture<SslContext>> context(Task task, String host) {
    InterceptionCa ca = authorities.forTask(task.openedAt());
    return ca.leaf(host).map(coming -> coming.thenApply(leaf -> context(ca, host, leaf)));
  }

  @SuppressWarnings("ReferenceEquality") // a leaf that was made again is another one
  private SslContext context(InterceptionCa ca, String host, Leaf leaf) {
    HostOfCa key = new HostOfCa(ca, host);
    Shown current = shown.get(key);
    if (current != null && current.leaf() == leaf) {
      return current.context();
    }
    forgetOutdated();
    return shown
        .compute(
            key,
            (same, there) -> {
              if (there != null && there.leaf() == leaf) {
                return there;
              }
              if (there != null) {
                TlsEngines.retire(there.context());
              }
              return new Shown(leaf, build(leaf));
            })
        .context();
  }

  /** Those of CAs that no task has any more are never asked for again. */
  private void forgetOutdated() {
    Instant now = Instant.now();
    shown.forEach(
        (key, old) -> {
          if (old.leaf().notAfter().isBefore(now) && shown.remove(key, old)) {
            TlsEngines.retire(old.context());
          }
        });
  }

  private SslContext build(Leaf leaf) {
    try {
      return SslContextBuilder.forServer(leaf.key(), leaf.chain())
          .sslProvider(provider)
          .protocols("TLSv1.3", "TLSv1.2")
          .applicationProtocolConfig(HTTP_1_1)
          .build();
    } catch (SSLException unusable) {
      throw new CompletionException(unusable);
    }
  }
}
