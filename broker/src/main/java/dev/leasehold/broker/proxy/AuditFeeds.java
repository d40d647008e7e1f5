package dev.leasehold.broker.proxy;

import dev.leasehold.broker.audit.AuditFeed;
import dev.leasehold.broker.audit.AuditLog;
import io.netty.channel.EventLoop;
import io.netty.channel.SingleThreadEventLoop;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;

/** Each event loop's way into the audit log. */
final class AuditFeeds {
  private final AuditLog log;
  private final ConcurrentMap<EventLoop, AuditFeed> feeds = new ConcurrentHashMap<>();

  AuditFeeds(AuditLog log) {
    this.log = log;
  }

  AuditFeed on(EventLoop loop) {
    return feeds.computeIfAbsent(loop, it -> log.feed(it, turnEnd(it)));
  }

  private static Executor turnEnd(EventLoop loop) {
    return loop instanceof SingleThreadEventLoop turning
        ? turning::executeAfterEventLoopIteration
        : loop;
  }
}
