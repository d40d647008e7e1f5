package dev.leasehold.broker.config;

import dev.leasehold.broker.config.Machine.FileFacts;
import dev.leasehold.broker.config.form.Key;
import dev.leasehold.broker.config.form.Located;
import dev.leasehold.broker.config.form.Reading;
import dev.leasehold.broker.config.form.Section;
import dev.leasehold.broker.config.keys.ApprovalKeys;
import dev.leasehold.broker.config.keys.ControlKeys;
import dev.leasehold.broker.config.keys.CredentialKeys;
import dev.leasehold.broker.config.keys.DestinationKeys;
import dev.leasehold.broker.config.keys.RootKeys;
import dev.leasehold.broker.config.keys.VaultKeys;
import dev.leasehold.broker.config.keys.VerifyKeys;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The files that a configuration names are there and not too open; the configuration itself cannot
 * be rewritten by those whom it bounds.
 */
final class FileChecks {
  private static final int GROUP_WRITE = 0020;
  private static final int OTHERS_WRITE = 0002;
  private static final int OTHERS_READ = 0004;
  private static final int STICKY = 01000;

  private final Document document;
  private final Reading reading;
  private final Machine machine;

  private FileChecks(Document document, Reading reading, Machine machine) {
    this.document = document;
    this.reading = reading;
    this.machine = machine;
  }

  static void run(Document document, Path file, Reading reading, Machine machine) {
    FileChecks checks = new FileChecks(document, reading, machine);
    checks.named();
    checks.notWritable(file, "the file");
    checks.folderNotWritable(file, "the file's folder");
    document.besides().stream()
        .filter(named -> checks.readable(named).isPresent())
        .forEach(
            named -> {
              checks.notWritable(named.value(), named.path() + ": the file");
              checks.folderNotWritable(named.value(), named.path() + ": the file's folder");
            });
  }

  private void folderNotWritable(Path file, String what) {
    Path folder = file.getParent();
    if (folder != null) {
      notWritable(folder, what);
    }
  }

  private void named() {
    Optional<Section> vault = document.root().find(RootKeys.VAULT);
    vault
        .flatMap(section -> section.located(VaultKeys.CA))
        .ifPresent(
            ca ->
                ca.value().ifPresent(file -> readable(new Located<>(file, ca.path(), ca.line()))));
    for (Section destination : document.destinations().values()) {
      destination
          .find(DestinationKeys.TLS)
          .flatMap(tls -> tls.located(DestinationKeys.CA))
          .ifPresent(this::readable);
    }
    for (Section caller : document.callers()) {
      caller.located(ControlKeys.TOKEN_FILE).ifPresent(this::secret);
    }
    document.root().find(RootKeys.APPROVALS).flatMap(all -> all.find(ApprovalKeys.GROUPS)).stream()
        .flatMap(groups -> groups.values().stream())
        .flatMap(group -> group.value().stream())
        .flatMap(approver -> approver.value().find(ApprovalKeys.OIDC).stream())
        .forEach(oidc -> oidc.located(ApprovalKeys.KEYS).ifPresent(this::readable));
    document
        .root()
        .find(RootKeys.APPROVALS)
        .flatMap(all -> all.find(ApprovalKeys.WEBHOOK))
        .flatMap(hook -> hook.located(ApprovalKeys.KEY))
        .ifPresent(this::secret);
    for (Section credential : document.credentials().values()) {
      credential.find(CredentialKeys.VERIFY).ifPresent(this::verify);
    }
  }

  private void verify(Section verify) {
    for (Key<Section> key : List.of(VerifyKeys.POSTGRESQL, VerifyKeys.RABBITMQ)) {
      Optional<Section> target = verify.find(key);
      target.flatMap(section -> section.located(VerifyKeys.PASSWORD)).ifPresent(this::secret);
      target
          .flatMap(section -> section.find(VerifyKeys.TLS))
          .flatMap(tls -> tls.located(VerifyKeys.CA))
          .ifPresent(this::readable);
    }
  }

  private Optional<FileFacts> readable(Located<Path> file) {
    Optional<FileFacts> facts = machine.facts(file.value());
    if (facts.isEmpty()) {
      reading.error(file.path(), file.line(), "there is no such file");
    } else if (!facts.get().regular()) {
      reading.error(file.path(), file.line(), "is not a file");
    } else if (!facts.get().readable()) {
      reading.error(file.path(), file.line(), "the file cannot be read by the sidecar");
    }
    return facts;
  }

  private void secret(Located<Path> file) {
    readable(file)
        .filter(facts -> facts.isOpenToOthers(OTHERS_READ | OTHERS_WRITE))
        .ifPresent(
            facts ->
                reading.error(
                    file.path(),
                    file.line(),
                    "the file holds a secret and is open to every user; chmod o-rwx"));
  }

  private void notWritable(Path path, String what) {
    Optional<FileFacts> found = machine.facts(path);
    if (found.isEmpty() || found.get().fixed()) {
      return; // nothing on a read-only mount can be written, whatever its bits say
    }
    FileFacts facts = found.get();
    // In a sticky folder only the owner of a file may replace it (a shared /tmp).
    boolean sticky = facts.isOpenToOthers(STICKY);
    if (facts.isOpenToOthers(OTHERS_WRITE) && !sticky) {
      reading.error("", 1, what + " is writable by every user, callers included; chmod o-w");
    } else if (facts.isOpenToOthers(GROUP_WRITE) && !sticky) {
      if (mayWriteAsGroup(facts.gid())) {
        reading.error("", 1, what + " is writable by a group of a caller; chmod g-w");
      } else {
        reading.warning("", 1, what + " is writable by its group; chmod g-w");
      }
    }
    if (agents().anyMatch(uid -> uid == facts.uid())) {
      reading.error("", 1, what + " belongs to a caller, who could rewrite it; chown it");
    }
  }

  /** A caller known by its token has a uid that nobody told us. */
  private boolean mayWriteAsGroup(int gid) {
    return document.callers().stream().anyMatch(caller -> caller.isWritten(ControlKeys.TOKEN_FILE))
        || agents().anyMatch(uid -> machine.mayBelong(uid, gid));
  }

  /**
   * The uids of callers other than root, who may write anything, and our own, about which there is
   * a rule of its own.
   */
  private Stream<Integer> agents() {
    return document.callers().stream()
        .flatMap(caller -> caller.find(ControlKeys.UID).stream())
        .filter(uid -> uid != 0)
        .filter(uid -> machine.ownUid().isEmpty() || machine.ownUid().getAsInt() != uid);
  }
}
