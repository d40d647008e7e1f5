package dev.leasehold.testbed.vault;

import dev.leasehold.testbed.server.Await;
import dev.leasehold.testbed.server.FreePorts;
import dev.leasehold.testbed.server.RunFolder;
import dev.leasehold.testbed.server.ServerKind;
import dev.leasehold.testbed.server.Way;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.wait.strategy.AbstractWaitStrategy;
import org.testcontainers.utility.MountableFile;
import org.testcontainers.vault.VaultContainer;

/** HashiCorp Vault's image, run by Testcontainers, set up as {@link VaultProcess} is. */
public final class ContainerVault implements VaultServer {

  private static final String IMAGE = "hashicorp/vault:" + VaultServers.VERSION;
  private static final Path FILES = Path.of("/tmp/testbed");
  private static final Path DATA = Path.of("/vault/file/testbed");
  private static final String AUDIT = "/vault/file/audit.jsonl";

  private final Engine engine;
  private final URI address;
  private final Path caFile;
  private final Unsealing unsealing;
  private final String description;

  private ContainerVault(Path folder) {
    String listen = "127.0.0.1:" + FreePorts.next();
    this.address = URI.create("https://" + listen);
    this.caFile = VaultFiles.write(folder, FILES, DATA, listen);
    this.engine = new Engine(folder);
    engine.start();
    awaitAnswer();
    this.unsealing = Unsealing.initialise(address, caFile);
    this.description = "Vault " + unsealing.version() + " (container " + IMAGE + ")";
    try (VaultAdmin admin = VaultAdmin.of(this)) {
      AuditDevice.enable(admin, AUDIT);
    }
  }

  private void awaitAnswer() {
    Await.until("Vault answers", () -> Unsealing.answers(address, caFile));
  }

  /** Empty where no container engine answers. */
  static Optional<Way.Starter<ContainerVault>> starter(RunFolder run) {
    if (!DockerClientFactory.instance().isDockerAvailable()) {
      return Optional.empty();
    }
    return Optional.of(() -> run.keep(new ContainerVault(run.folder("vault-container"))));
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
      return AuditDevice.calls(engine.execInContainer("cat", AUDIT).getStdout());
    } catch (IOException gone) {
      throw new UncheckedIOException(gone);
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while reading the audit device", stop);
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

  @Override
  public void stop() {
    engine.halt();
  }

  @Override
  public void restart() {
    engine.halt();
    engine.resume();
    awaitAnswer();
    unsealing.unseal();
  }

  @Override
  public ServerKind kind() {
    return ServerKind.CONTAINER;
  }

  @Override
  public String describe() {
    return description;
  }

  @Override
  public void close() {
    engine.stop();
    unsealing.close();
  }

  @Override
  public String toString() {
    return description + " at " + address;
  }

  /**
   * The container, in the host's network: Vault must reach servers on this machine's loopback, and
   * its port stays the same over a restart.
   */
  private static final class Engine extends VaultContainer<Engine> {

    Engine(Path folder) {
      super(IMAGE);
      for (String file : List.of("vault.hcl", "listener.pem", "listener.key")) {
        withCopyFileToContainer(
            MountableFile.forHostPath(folder.resolve(file), 0644), FILES + "/" + file);
      }
      withCommand("server", "-config=" + FILES + "/vault.hcl");
      withNetworkMode("host");
      setExposedPorts(List.of());
      waitingFor(new StartedOnly());
    }

    void halt() {
      if (Boolean.TRUE.equals(getCurrentContainerInfo().getState().getRunning())) {
        getDockerClient().stopContainerCmd(getContainerId()).withTimeout(5).exec();
      }
    }

    void resume() {
      getDockerClient().startContainerCmd(getContainerId()).exec();
    }
  }

  /** No waiting by Testcontainers, which knows neither the port nor the state that we wait for. */
  private static final class StartedOnly extends AbstractWaitStrategy {

    @Override
    protected void waitUntilReady() {}
  }
}
