package dev.leasehold.broker.config;

import dev.leasehold.broker.config.form.Key;
import dev.leasehold.broker.config.form.Reading;
import dev.leasehold.broker.config.form.Section;
import dev.leasehold.broker.config.keys.ListenKeys;
import dev.leasehold.broker.config.keys.RootKeys;
import dev.leasehold.broker.config.keys.TaskKeys;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** The default task has a listener, may be opened as it is, and is not the sidecar's own user's. */
final class DefaultTaskChecks {
  private final Document document;
  private final Reading reading;

  private DefaultTaskChecks(Document document, Reading reading) {
    this.document = document;
    this.reading = reading;
  }

  static void run(Document document, Reading reading, OptionalInt ownUid) {
    new DefaultTaskChecks(document, reading).check(ownUid);
  }

  private void check(OptionalInt ownUid) {
    Optional<Section> task = document.root().find(RootKeys.DEFAULT_TASK);
    Optional<Section> listen =
        document
            .root()
            .find(RootKeys.LISTEN)
            .filter(section -> section.isWritten(ListenKeys.DEFAULT_PROXY));
    if (task.isPresent() && listen.isEmpty()) {
      reading.error(task.get().path(), task.get().line(), "needs a listener: listen.default-proxy");
    }
    if (task.isEmpty() && listen.isPresent()) {
      error(listen.get(), ListenKeys.DEFAULT_PROXY, "needs a task: default-task");
    }
    task.ifPresent(this::kind);
    task.flatMap(section -> section.located(RootKeys.DEFAULT_UID))
        .ifPresent(uid -> OwnUidCheck.run(uid, ownUid, document, reading));
  }

  private void kind(Section task) {
    Section kind = task.find(RootKeys.DEFAULT_KIND).map(document.kinds()::get).orElse(null);
    if (kind == null) {
      return; // that it is missing is said where references are checked
    }
    List<String> agents = Document.values(kind, TaskKeys.AGENTS);
    if (agents.size() > 1) {
      error(
          task,
          RootKeys.DEFAULT_KIND,
          "has several agents; whose task it would be is to be one agent's");
    }
    List<String> purposes = Document.values(kind, TaskKeys.PURPOSES);
    task.find(RootKeys.DEFAULT_PURPOSE)
        .filter(purpose -> !purposes.isEmpty() && !purposes.contains(purpose))
        .ifPresent(
            purpose ->
                error(
                    task,
                    RootKeys.DEFAULT_PURPOSE,
                    "is not among " + kind.pathOf(TaskKeys.PURPOSES)));
  }

  private void error(Section at, Key<?> key, String message) {
    reading.error(at.pathOf(key), at.lineOf(key), message);
  }
}
