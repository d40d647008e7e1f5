package dev.leasehold.suite.clients;

import dev.leasehold.suite.sidecar.Rig;
import dev.leasehold.suite.sidecar.SharedTestbed;
import dev.leasehold.testbed.Testbed;
import dev.leasehold.testbed.server.Setting;
import dev.leasehold.testbed.sidecar.Distribution;
import dev.leasehold.testbed.sidecar.Ran;
import dev.leasehold.testbed.target.BasicLogin;
import dev.leasehold.testbed.target.LoopbackNames;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The upstream, the sidecar before it, and the clients, each of which is run once. */
final class Workshop implements AutoCloseable {
  static final String HOST = "api.example.test";

  /** Takes no credential of Leasehold's. */
  private static final String STORAGE = "storage.example.test";

  private static final String SCRIPTS = "integration-tests/suite/src/test/resources/clients";

  private final Bodies bodies = new Bodies();
  private final LoopbackNames names = LoopbackNames.start();
  private final Upstream upstream;
  private final Rig rig;
  private final Path files;
  private final Path upload;
  private final Optional<Installed> installed;
  private Optional<McpServer> mcp = Optional.empty();
  private final Map<Client, Outcome> outcomes = new HashMap<>();

  Workshop() {
    Testbed testbed = SharedTestbed.get();
    upstream = new Upstream(testbed.database(), testbed.ca().leaf(HOST, STORAGE));
    rig = new Rig(testbed).rules(ClientRules.of(names.address(), url(HOST), url(STORAGE))).start();
    installed = Installed.at(rig.folder().resolve("installed"));
    try {
      files = scripts(rig.folder().resolve("clients"));
      upload = readable(Files.write(rig.folder().resolve("upload.bin"), bodies.upload()));
      serve(Files.createDirectory(rig.folder().resolve("served")));
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  private void serve(Path folder) throws IOException {
    upstream.serve(bodies.routes());
    upstream.serve(new Packages(files, folder).routes());
    GitBackend git = new GitBackend(folder, files.resolve("git/repository.sh"));
    Models models = new Models(files.resolve("models"));
    upstream.serve(Map.of("git", git::answer, "v1", models::answer));
    upstream.serveOpenly(Map.of("s3", Storage::answer));
    if (installed.isPresent()) {
      // Where Node looks for what a script imports.
      Path modules = files.resolve("node/node_modules");
      Files.createSymbolicLink(modules, installed.get().nodeModules());
      List<String> command = List.of("${python}", files.resolve("mcp/server.py").toString());
      McpServer server = new McpServer(folder, Client.filled(command, installed.get().places()));
      mcp = Optional.of(SharedTestbed.get().keep(server));
      upstream.serve(Map.of("mcp", server::answer));
    }
  }

  URI url(String host) {
    return URI.create("https://" + host + ":" + upstream.port());
  }

  /** A copy of the scripts where every account can go. */
  private static Path scripts(Path to) throws IOException {
    Path from = Distribution.project().resolve(SCRIPTS);
    try (Stream<Path> found = Files.walk(from)) {
      for (Path file : found.toList()) {
        Path copy = to.resolve(from.relativize(file).toString());
        readable(Files.copy(file, copy));
      }
    }
    return to;
  }

  private static Path readable(Path path) throws IOException {
    String mode = Files.isDirectory(path) ? "rwxr-xr-x" : "rw-r--r--";
    return Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
  }

  List<Client> clients() {
    return Client.all(files);
  }

  Bodies bodies() {
    return bodies;
  }

  Rig rig() {
    return rig;
  }

  LoopbackNames names() {
    return names;
  }

  /** Where real servers are demanded, a client that is not there is a failure. */
  boolean has(Client client) {
    if (Setting.realDemandedBy().isPresent()) {
      return true;
    }
    if (client.program().isEmpty()) {
      return installed.isPresent();
    }
    return Ran.command(List.of("sh", "-c", "command -v " + client.program()), Map.of()).status()
        == 0;
  }

  /** Of the client's one run, which is made when it is first asked for. */
  Outcome outcome(Client client) {
    return outcomes.computeIfAbsent(client, this::run);
  }

  /** As the agent, by {@code leasehold run}, which alone gives it its environment. */
  private Outcome run(Client client) {
    try {
      Path work = agentsFolder(client.word());
      Map<String, String> places = new HashMap<>(Map.of("files", files.toString()));
      places.put("work", work.toString());
      installed.ifPresent(there -> places.putAll(there.places()));
      build(Client.filled(client.build(), places));
      List<String> command = runOptions(client.name());
      command.addAll(List.of("sh", "-c", "cd \"$0\" && exec \"$@\"", work.toString()));
      command.addAll(Client.filled(client.command(), places));
      command.addAll(List.of(url(client.host()) + "/" + client.word(), upload.toString()));
      Ran ran = asAgent(command, work);
      Outcome outcome = new Outcome(ran, Said.in(ran), upstream.arrivals(client.word()));
      outcome.logins().forEach(this::lookFor);
      return outcome;
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  /** A program of the agent's in a task of its own. */
  Ran ran(String... program) {
    List<String> command = runOptions(program[0]);
    command.addAll(List.of(program));
    return asAgent(command, rig.folder());
  }

  private List<String> runOptions(String purpose) {
    List<String> options = new ArrayList<>(List.of("run", "--task", "restock"));
    options.addAll(List.of("--purpose", purpose));
    options.addAll(List.of("--control", "unix:" + rig.controlSocket()));
    options.add("--");
    return options;
  }

  private static void build(List<String> command) {
    if (!command.isEmpty()) {
      // With our own home, since Go keeps what it compiled there.
      String home = System.getProperty("user.home");
      Ran.command(command, Map.of("HOME", home, "CGO_ENABLED", "0")).orThrow();
    }
  }

  /** A new folder in which the agent may write. */
  Path agentsFolder(String name) throws IOException {
    Path folder = readable(Files.createDirectory(rig.folder().resolve(name)));
    if (rig.uids().areSeparate()) {
      Files.setAttribute(folder, "unix:uid", rig.uids().agent());
    }
    return folder;
  }

  private void lookFor(BasicLogin login) {
    rig.secrets().know("password of " + login.user(), login.password());
    rig.secrets().know("pair of " + login.user(), login.user() + ":" + login.password());
  }

  /** {@code leasehold} with these arguments. */
  private Ran asAgent(List<String> arguments, Path home) {
    String java = Path.of(System.getProperty("java.home"), "bin").toString();
    Map<String, String> environment =
        Map.of("HOME", home.toString(), "PATH", java + ":" + publicPath());
    return Ran.command(rig.distribution().command(rig.uids().agent(), arguments), environment);
  }

  /** Our own path without what lies in our home, where another user cannot go. */
  private static String publicPath() {
    String home = System.getProperty("user.home");
    return Arrays.stream(System.getenv("PATH").split(":", -1))
        .filter(folder -> !folder.startsWith(home))
        .collect(Collectors.joining(":"));
  }

  @Override
  public void close() {
    rig.close();
    mcp.ifPresent(McpServer::close);
    names.close();
    upstream.close();
  }
}
