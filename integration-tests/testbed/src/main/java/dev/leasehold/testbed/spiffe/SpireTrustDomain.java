package dev.leasehold.testbed.spiffe;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import dev.leasehold.testbed.server.Account;
import dev.leasehold.testbed.server.Await;
import dev.leasehold.testbed.server.FreePorts;
import dev.leasehold.testbed.server.RunFolder;
import dev.leasehold.testbed.server.ServerKind;
import dev.leasehold.testbed.server.ServerProcess;
import dev.leasehold.testbed.tls.Pem;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Key;
import java.text.ParseException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A trust domain of a SPIRE server and one SPIRE agent on this machine. */
public final class SpireTrustDomain implements WorkloadIdentity {

  private final Path serverProgram;
  private final Path agentProgram;
  private final Path folder;
  private final String trustDomain;
  private final ServerProcess server;
  private final ServerProcess agent;
  private final String description;

  private SpireTrustDomain(Path serverProgram, Path agentProgram, Path folder, String trustDomain) {
    this.serverProgram = serverProgram;
    this.agentProgram = agentProgram;
    this.folder = folder;
    this.trustDomain = trustDomain;
    int port = FreePorts.next();
    SpireFiles.writeServer(folder, trustDomain, port);
    SpireFiles.writeAgent(folder, trustDomain, port);
    this.server = launch("spire-server", serverProgram, "-config", "server.conf");
    server.awaitReady("SPIRE server is healthy", () -> healthy("healthcheck"));
    SpireFiles.write(folder.resolve("bundle.pem"), bundlePem());
    String token = ask("token", "generate", "-spiffeID", host()).strip().replace("Token: ", "");
    this.agent = launch("spire-agent", agentProgram, "-config", "agent.conf", "-joinToken", token);
    agent.awaitReady("SPIRE agent listens", () -> Files.exists(socket()));
    String version =
        ServerProcess.run(folder, List.of(serverProgram.toString(), "--version"), Map.of());
    this.description = "SPIRE " + version.strip() + " (real)";
  }

  static SpireTrustDomain start(Path server, Path agent, String trustDomain, RunFolder run) {
    return run.keep(new SpireTrustDomain(server, agent, run.folder("sp"), trustDomain));
  }

  private ServerProcess launch(String name, Path program, String... arguments) {
    List<String> command = new ArrayList<>(List.of(program.toString(), "run"));
    command.addAll(List.of(arguments));
    return ServerProcess.start(name, folder, command, Map.of());
  }

  private String host() {
    return "spiffe://" + trustDomain + "/host";
  }

  private Path socket() {
    return folder.resolve("api.sock");
  }

  private boolean healthy(String command) {
    try {
      ask(command);
      return true;
    } catch (IllegalStateException notYet) {
      return false;
    }
  }

  /** Runs a command of the server's own client and returns what it printed. */
  private String ask(String... arguments) {
    List<String> command = new ArrayList<>(List.of(serverProgram.toString()));
    command.addAll(List.of(arguments));
    command.addAll(List.of("-socketPath", folder.resolve("server.sock").toString()));
    return ServerProcess.run(folder, command, Map.of());
  }

  @Override
  public String trustDomain() {
    return trustDomain;
  }

  @Override
  public URI workloadApi() {
    return URI.create("unix://" + socket());
  }

  @Override
  public void register(String spiffeId, int uid, String dnsName, Duration ttl) {
    List<String> arguments =
        new ArrayList<>(List.of("entry", "create", "-parentID", host(), "-spiffeID", spiffeId));
    arguments.addAll(List.of("-selector", "unix:uid:" + uid));
    arguments.addAll(List.of("-x509SVIDTTL", Long.toString(ttl.toSeconds())));
    if (!dnsName.isEmpty()) {
      arguments.addAll(List.of("-dns", dnsName));
    }
    ask(arguments.toArray(String[]::new));
    if (uid == Account.uid() || Account.uid() == 0) {
      Await.until("the agent serves " + spiffeId, () -> fetchAs(uid).contains(spiffeId));
    }
  }

  /** What the agent gives to a process of this uid, as its own client prints it. */
  private String fetchAs(int uid) {
    try {
      return ServerProcess.run(
          Path.of("/"),
          Account.commandAs(
              uid,
              List.of(
                  agentProgram.toString(),
                  "api",
                  "fetch",
                  "x509",
                  "-socketPath",
                  socket().toString())),
          Map.of());
    } catch (IllegalStateException notYet) {
      return "";
    }
  }

  @Override
  public String bundlePem() {
    return ask("bundle", "show");
  }

  @Override
  public List<String> jwtAuthoritiesPem() {
    List<String> keys = new ArrayList<>();
    try {
      for (JWK key : JWKSet.parse(ask("bundle", "show", "-format", "spiffe")).getKeys()) {
        if (key.getKeyUse() != null && "jwt-svid".equals(key.getKeyUse().identifier())) {
          Key verifier = key.toECKey().toECPublicKey();
          keys.add(Pem.of(verifier));
        }
      }
    } catch (ParseException | JOSEException broken) {
      throw new IllegalStateException("SPIRE's bundle cannot be read", broken);
    }
    return keys;
  }

  /** Keeps connections open and answers nothing until {@link #resumeAgent}. */
  public void pauseAgent() {
    agent.pause();
  }

  public void resumeAgent() {
    agent.resume();
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
    agent.kill();
    server.kill();
  }

  @Override
  public String toString() {
    return description + " of " + trustDomain + " at " + workloadApi();
  }
}
