package dev.leasehold.broker.proxy;

import dev.leasehold.broker.http.Fields;
import dev.leasehold.broker.http.KnownField;
import dev.leasehold.broker.task.Task;
import dev.leasehold.broker.task.TaskId;
import dev.leasehold.broker.task.Tasks;
import dev.leasehold.broker.telemetry.Problem;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Finds out whose task the calls of one connection belong to. On its event loop; remembers the last
 * answer, since most connections say the same thing in every call.
 */
final class TaskNaming {
  /** What came of it. */
  sealed interface Named permits Found, Refusal {}

  record Found(Task task) implements Named {}

  private static final byte[] BASIC = "basic ".getBytes(StandardCharsets.US_ASCII);

  private final Tasks tasks;
  private final Door door;
  private final Predicate<Task> named;
  private byte[] lastSaid = new byte[0];
  private @Nullable Found lastFound;
  private boolean looked;
  private boolean foreign;

  /**
   * @param named learns whose calls they are, until it says that it has learnt it
   */
  TaskNaming(Tasks tasks, Door door, Predicate<Task> named) {
    this.tasks = tasks;
    this.door = door;
    this.named = named;
  }

  /** The peer is not of the uid that the address belongs to. */
  void peerIsForeign() {
    foreign = true;
  }

  Named find(Fields fields) {
    Optional<Task> owner = door.owner();
    if (owner.isPresent()) {
      return foreign ? foreign() : new Found(owner.get());
    }
    boolean endpoint = door.destinationName().isPresent();
    int at = fields.find(KnownField.PROXY_AUTHORIZATION);
    int count = fields.count(KnownField.PROXY_AUTHORIZATION);
    if (endpoint && at < 0) {
      at = fields.find(KnownField.AUTHORIZATION);
      count = fields.count(KnownField.AUTHORIZATION);
    }
    if (at < 0 && door instanceof Door.DefaultProxy(Supplier<Optional<Task>> task)) {
      return ofDefault(task.get());
    }
    if (at < 0) {
      return unnamed(endpoint, "the call names no task");
    }
    if (count > 1) {
      return Refusal.of(Problem.AMBIGUOUS_REQUEST, "the call names its task more than once");
    }
    byte[] said = fields.valueBytes(at);
    Found found = lastFound;
    if (found != null && Arrays.equals(said, lastSaid)) {
      looked = looked || named.test(found.task());
      return found; // the same bytes on the same connection prove the same thing
    }
    Optional<Task> task = authenticate(said);
    if (task.isEmpty()) {
      return unnamed(endpoint, "there is no such task, or its token is wrong");
    }
    found = new Found(task.get());
    lastSaid = said;
    lastFound = found;
    looked = named.test(found.task());
    return found;
  }

  private static Refusal foreign() {
    return Refusal.of(Problem.FORBIDDEN, "this address serves the user whose task it is")
        .withHint("use the proxy with the task's own id and token")
        .closing();
  }

  private Named ofDefault(Optional<Task> task) {
    if (foreign) {
      return foreign();
    }
    return task.<Named>map(Found::new)
        .orElseGet(
            () ->
                Refusal.of(Problem.OVERLOADED, "the default task is not open yet")
                    .withHint("/readyz says what it waits for"));
  }

  private static Refusal unnamed(boolean endpoint, String detail) {
    return Refusal.of(endpoint ? Problem.UNAUTHORIZED : Problem.PROXY_AUTH_REQUIRED, detail)
        .withHint("send Basic credentials: the task's id as user, its token as password");
  }

  private Optional<Task> authenticate(byte[] said) {
    if (said.length < BASIC.length) {
      return Optional.empty();
    }
    for (int i = 0; i < BASIC.length; i++) {
      if ((said[i] | (BASIC[i] == ' ' ? 0 : 0x20)) != BASIC[i]) {
        return Optional.empty();
      }
    }
    byte[] pair;
    try {
      pair = Base64.getDecoder().decode(Arrays.copyOfRange(said, BASIC.length, said.length));
    } catch (IllegalArgumentException notBase64) {
      return Optional.empty();
    }
    for (int i = 0; i < pair.length; i++) {
      if (pair[i] == ':') {
        byte[] token = Arrays.copyOfRange(pair, i + 1, pair.length);
        return TaskId.parse(new String(pair, 0, i, StandardCharsets.ISO_8859_1))
            .flatMap(id -> tasks.authenticate(id, token));
      }
    }
    return Optional.empty();
  }
}
