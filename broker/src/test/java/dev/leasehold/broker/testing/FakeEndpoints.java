package dev.leasehold.broker.testing;

import dev.leasehold.broker.task.Endpoints;
import dev.leasehold.broker.task.Task;
import dev.leasehold.broker.task.TaskId;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Addresses that exist in name only: the ports from 20000 on, for each task anew. */
public final class FakeEndpoints implements Endpoints {
  private final Set<TaskId> closed = ConcurrentHashMap.newKeySet();

  @Override
  public Map<String, String> open(Task task, Iterable<String> names) {
    Map<String, String> urls = new LinkedHashMap<>();
    names.forEach(name -> urls.put(name, "http://127.0.0.1:" + (20_000 + urls.size())));
    return urls;
  }

  @Override
  public void close(Task task) {
    closed.add(task.id());
  }

  public boolean isClosed(Task task) {
    return closed.contains(task.id());
  }
}
