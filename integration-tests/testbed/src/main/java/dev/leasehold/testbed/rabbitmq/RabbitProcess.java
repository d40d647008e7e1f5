package dev.leasehold.testbed.rabbitmq;

import dev.leasehold.testbed.server.Account;
import dev.leasehold.testbed.server.FreePorts;
import dev.leasehold.testbed.server.RunFolder;
import dev.leasehold.testbed.server.ServerKind;
import dev.leasehold.testbed.server.ServerProcess;
import dev.leasehold.testbed.tls.Leaf;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Debian's RabbitMQ with everything that it writes inside the run's folder. */
final class RabbitProcess implements RabbitServer {

  private static final String ADMIN = "testbed";

  private final URI management;
  private final URI secureManagement;
  private final String password;
  private final ServerProcess names;
  private final ServerProcess process;
  private final ManagementApi api;
  private final String description;

  private RabbitProcess(
      int port, int securePort, String password, ServerProcess names, ServerProcess process) {
    this.management = URI.create("http://127.0.0.1:" + port);
    this.secureManagement = URI.create("https://127.0.0.1:" + securePort);
    this.password = password;
    this.names = names;
    this.process = process;
    this.api = new ManagementApi(management, ADMIN, password);
    process.awaitReady("RabbitMQ's management API answers", api::answers);
    String version = new JsonObject(api.get("/api/overview")).getString("rabbitmq_version");
    this.description = "RabbitMQ " + version + " (real)";
  }

  /**
   * Starts a node.
   *
   * @param epmd Erlang's name server; one of our own, since the node would start one that stays
   * @param certificate of the management API
   */
  static RabbitProcess start(
      Path server, Path epmd, Account account, RunFolder run, Leaf certificate) {
    Path folder = run.folder("rabbitmq");
    account.own(folder);
    int management = FreePorts.next();
    int secureManagement = FreePorts.next();
    Leaf.KeyFiles tls = certificate.write(folder, "management");
    account.own(tls.key());
    int namesPort = FreePorts.next();
    String password = UUID.randomUUID().toString();
    write(folder, "rabbitmq.conf", configuration(management, secureManagement, tls, password));
    write(folder, "plugins", "[rabbitmq_management].\n");
    Map<String, String> environment = environment(folder, namesPort);
    ServerProcess names =
        run.keep(
            ServerProcess.start(
                "epmd",
                folder,
                account.command(
                    List.of(
                        epmd.toString(),
                        "-address",
                        "127.0.0.1",
                        "-port",
                        Integer.toString(namesPort))),
                environment));
    ServerProcess process =
        ServerProcess.start(
            "rabbitmq", folder, account.command(List.of(server.toString())), environment);
    return run.keep(new RabbitProcess(management, secureManagement, password, names, process));
  }

  private static String configuration(
      int management, int secureManagement, Leaf.KeyFiles tls, String password) {
    return """
    listeners.tcp.1 = 127.0.0.1:%d
    management.tcp.ip = 127.0.0.1
    management.tcp.port = %d
    management.ssl.ip = 127.0.0.1
    management.ssl.port = %d
    management.ssl.certfile = %s
    management.ssl.keyfile = %s
    default_user = %s
    default_pass = %s
    default_user_tags.administrator = true
    log.console = true
    log.console.level = warning
    log.file = false
    """
        .formatted(
            FreePorts.next(),
            management,
            secureManagement,
            tls.certificate(),
            tls.key(),
            ADMIN,
            password);
  }

  private static Map<String, String> environment(Path folder, int namesPort) {
    return Map.ofEntries(
        Map.entry("HOME", folder.toString()),
        Map.entry("ERL_EPMD_PORT", Integer.toString(namesPort)),
        Map.entry("ERL_EPMD_ADDRESS", "127.0.0.1"),
        Map.entry("RABBITMQ_NODENAME", "testbed@localhost"),
        Map.entry("RABBITMQ_DIST_PORT", Integer.toString(FreePorts.next())),
        Map.entry("RABBITMQ_CONF_ENV_FILE", folder.resolve("no-env").toString()),
        Map.entry("RABBITMQ_CONFIG_FILE", folder.resolve("rabbitmq.conf").toString()),
        Map.entry("RABBITMQ_ENABLED_PLUGINS_FILE", folder.resolve("plugins").toString()),
        Map.entry("RABBITMQ_MNESIA_BASE", folder.resolve("mnesia").toString()),
        Map.entry("RABBITMQ_LOG_BASE", folder.resolve("log").toString()),
        Map.entry("RABBITMQ_PID_FILE", folder.resolve("pid").toString()),
        // Fewer schedulers: on a small machine the idle ones would spin against the tests.
        Map.entry("RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS", "+S 2:2 +sbwt none +sbwtdcpu none"));
  }

  private static void write(Path folder, String name, String text) {
    try {
      Files.writeString(folder.resolve(name), text);
    } catch (IOException full) {
      throw new UncheckedIOException(full);
    }
  }

  @Override
  public URI management() {
    return management;
  }

  @Override
  public URI secureManagement() {
    return secureManagement;
  }

  @Override
  public String adminUser() {
    return ADMIN;
  }

  @Override
  public String adminPassword() {
    return password;
  }

  @Override
  public List<String> users() {
    return new JsonArray(api.get("/api/users"))
        .stream().map(user -> ((JsonObject) user).getString("name")).toList();
  }

  @Override
  public void addUser(String name, String newPassword, String tag) {
    api.put(
        "/api/users/" + name,
        new JsonObject().put("password", newPassword).put("tags", tag).encode());
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
  public void close() {
    process.kill();
    names.kill();
    api.close();
  }

  @Override
  public String toString() {
    return description + " at " + management;
  }
}
