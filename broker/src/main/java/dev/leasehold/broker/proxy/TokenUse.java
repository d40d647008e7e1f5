package dev.leasehold.broker.proxy;

import dev.leasehold.broker.local.SocketOwners;
import dev.leasehold.broker.task.Task;
import io.netty.channel.Channel;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Notices when processes of two users use the token of one task: one of them has what it should not
 * have. It looks at each connection once, and at no more than one a second for each task, since a
 * look reads the kernel's table of all connections: one that is over before its turn is missed. Any
 * thread; never blocks.
 */
final class TokenUse {
  private static final long EVERY_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** What is known of the users of one task. */
  private static final class Users {
    final AtomicLong lookedAt = new AtomicLong(System.nanoTime() - EVERY_NANOS);
    final AtomicLong first = new AtomicLong(-1);
    final AtomicBoolean told = new AtomicBoolean();
  }

  private final SocketOwners owners;
  private final Map<Task, Users> tasks = new ConcurrentHashMap<>();
  private volatile @Nullable SharedTokenListener listener;

  TokenUse(SocketOwners owners) {
    this.owners = owners;
  }

  void tell(SharedTokenListener those) {
    listener = those;
  }

  /**
   * A connection names {@code task} by its token.
   *
   * @return whether it need not be said again of this connection; false: it is too early to look
   */
  boolean used(Task task, Channel channel) {
    if (listener == null || !task.isActive() || !owners.isAvailable()) {
      return true;
    }
    Users users = tasks.computeIfAbsent(task, unseen -> new Users());
    if (!task.isActive()) {
      forget(task); // its end may have been here before
      return true;
    }
    long now = System.nanoTime();
    long before = users.lookedAt.get();
    if (users.told.get()) {
      return true;
    }
    if (now - before < EVERY_NANOS || !users.lookedAt.compareAndSet(before, now)) {
      return false;
    }
    Thread.ofVirtual().name("leasehold-peer").start(() -> look(task, users, channel));
    return true;
  }

  private void look(Task task, Users users, Channel channel) {
    OptionalInt uid = owners.uid(channel);
    if (uid.isEmpty()) {
      return;
    }
    long first = users.first.compareAndExchange(-1, uid.getAsInt());
    SharedTokenListener told = listener;
    if (first >= 0
        && first != uid.getAsInt()
        && told != null
        && users.told.compareAndSet(false, true)) {
      told.shared(task, (int) first, uid.getAsInt());
    }
  }

  void forget(Task task) {
    tasks.remove(task);
  }
}
