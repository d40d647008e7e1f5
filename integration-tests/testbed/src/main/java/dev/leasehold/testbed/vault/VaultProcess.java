package dev.leasehold.testbed.vault;

import dev.leasehold.testbed.server.FreePorts;
import dev.leasehold.testbed.server.RunFolder;
import dev.leasehold.testbed.server.ServerKind;
import dev.leasehold.testbed.server.ServerProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * HashiCorp Vault as a process. Not in its dev mode, which forgets everything at a restart: on file
 * storage, with a listener certificate of its own and a file audit device.
 */
public final class VaultProcess implements VaultServer {

  private final Path binary;
  private final Path folder;
  private final URI address;
  private final Path caFile;
  private ServerProcess process;
  private final Unsealing unsealing;
  private final String description;

  private VaultProcess(Path binary, Path folder, int port) {
    this.binary = binary;
    this.folder = folder;
    this.address = URI.create("https://127.0.0.1:" + port);
    this.caFile = VaultFiles.write(folder, folder, folder.resolve("data"), "127.0.0.1:" + port);
    this.process = launch();
    this.unsealing = Unsealing.initialise(address, caFile);
    this.description = "Vault " + unsealing.version() + " (real)";
    try (VaultAdmin admin = VaultAdmin.of(this)) {
      AuditDevice.enable(admin, auditFile().toString());
    }
  }

  static VaultProcess start(Path binary, RunFolder run) {
    return run.keep(new VaultProcess(binary, run.folder("vault"), FreePorts.next()));
  }

  private ServerProcess launch() {
    ServerProcess started =
        ServerProcess.start(
            "vault",
            folder,
            List.of(binary.toString(), "server", "-config=" + folder.resolve("vault.hcl")),
            Map.of());
    started.awaitReady("Vault answers", () -> Unsealing.answers(address, caFile));
    return started;
  }

  private Path auditFile() {
    return folder.resolve("audit.jsonl");
  }

  @Override
  public URI address() {
    return address;
  }

  @Override
  public Path caFile() {
    return caFile;
  }

  @Override
  public String adminToken() {
    return unsealing.rootToken();
  }

  @Override
  public List<VaultCall> calls() {
    try {
      return AuditDevice.calls(Files.readString(auditFile()));
    } catch (IOException absent) {
      throw new UncheckedIOException(absent);
    }
  }

  @Override
  public void seal() {
    unsealing.seal();
  }

  @Override
  public void unseal() {
    unsealing.unseal();
  }

  /** Keeps connections open and answers nothing, as a hung server does, until {@link #resume}. */
  public synchronized void pause() {
    process.pause();
  }

  public synchronized void resume() {
    process.resume();
  }

  /** What Vault itself logs, for a failed test's output. */
  public synchronized String log() {
    return process.output();
  }

  @Override
  public synchronized void stop() {
    process.close();
  }

  @Override
  public synchronized void restart() {
    process.close();
    process = launch();
    unsealing.unseal();
  }

  @Override
  public ServerKind kind() {
    return ServerKind.REAL;
  }

  @Override
  public String describe() {
    return description;
  }

  @Override
  public synchronized void close() {
    process.kill();
    unsealing.close();
  }

  @Override
  public String toString() {
    return description + " at " + address;
  }
}
