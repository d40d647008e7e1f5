package dev.leasehold.broker.config;

import dev.leasehold.broker.config.form.Reading;
import dev.leasehold.broker.config.form.YamlText;
import dev.leasehold.broker.config.keys.AuditKeys;
import dev.leasehold.broker.config.keys.RootKeys;
import dev.leasehold.broker.engine.EngineConfig;
import dev.leasehold.broker.policy.Signals;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Reads a configuration: form first, then meaning, then the records; each step reports all that it
 * finds, and nothing is made of a file with one mistake. Reads no secret.
 */
public final class ConfigLoader {
  private ConfigLoader() {}

  /** Blocks on the file system, on nothing else. */
  public static LoadResult load(Path file) {
    return load(file, Machine.local());
  }

  static LoadResult load(Path file, Machine machine) {
    Path folder = Optional.ofNullable(file.toAbsolutePath().getParent()).orElse(Path.of("/"));
    Reading reading = new Reading(folder, machine::variable);
    return TextFile.read(file, reading)
        .flatMap(text -> YamlText.read(text, reading))
        .flatMap(tree -> RootKeys.FORM.read(tree, "", reading))
        .map(root -> check(new Document(root), file.toAbsolutePath(), reading, machine))
        .orElseGet(() -> refused(reading));
  }

  private static LoadResult check(Document document, Path file, Reading reading, Machine machine) {
    ReferenceChecks.run(document, reading);
    VaultChecks.run(document, reading);
    CallerChecks.run(document, reading, machine.ownUid());
    ListenChecks.run(document, reading);
    DefaultTaskChecks.run(document, reading, machine.ownUid());
    DistinctChecks.run(document, reading);
    DelegationChecks.run(document, reading);
    DestinationChecks.run(document, reading);
    CredentialChecks.run(document, reading, Instant.now());
    audit(document, reading);
    Signals signals = SignalsFile.read(document, reading);
    PolicyChecks.run(document, reading, Instant.now(), signals);
    List<EngineConfig> engines = EngineReader.read(document, reading);
    ApprovalChecks.run(document, reading, machine.ownUid());
    FileChecks.run(document, file, reading, machine);
    if (!reading.isClean()) {
      return refused(reading);
    }
    try {
      Configuration configuration = Assembly.of(document, signals, engines, machine);
      runtimeDir(configuration, document, reading, machine);
      return reading.isClean()
          ? new LoadResult.Loaded(configuration, reading.warnings())
          : refused(reading);
    } catch (IllegalArgumentException refusedByARecord) {
      reading.error("", 1, String.valueOf(refusedByARecord.getMessage()));
      return refused(reading);
    }
  }

  private static void audit(Document document, Reading reading) {
    document
        .root()
        .find(RootKeys.AUDIT)
        .filter(audit -> audit.isWritten(AuditKeys.STDOUT) && audit.isWritten(AuditKeys.FSYNC))
        .ifPresent(
            audit ->
                reading.error(
                    audit.pathOf(AuditKeys.FSYNC),
                    audit.lineOf(AuditKeys.FSYNC),
                    "belongs to file"));
  }

  /** Only the start can tell whether a folder that is not there yet can be made. */
  private static void runtimeDir(
      Configuration configuration, Document document, Reading reading, Machine machine) {
    if (configuration.httpHosts().isEmpty()) {
      return;
    }
    machine
        .refusal(configuration.runtimeDir())
        .ifPresent(
            why ->
                reading.error(
                    document.root().pathOf(RootKeys.RUNTIME_DIR),
                    document.root().lineOf(RootKeys.RUNTIME_DIR),
                    configuration.runtimeDir() + " " + why));
  }

  private static LoadResult refused(Reading reading) {
    return new LoadResult.Refused(reading.errors(), reading.warnings());
  }
}
