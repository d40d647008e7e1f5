package dev.leasehold.suite.sidecar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.leasehold.suite.sidecar.ControlClient.OpenedTask;
import dev.leasehold.testbed.Testbed;
import dev.leasehold.testbed.VaultMounts;
import dev.leasehold.testbed.server.Account;
import dev.leasehold.testbed.server.Setting;
import dev.leasehold.testbed.sidecar.Ran;
import dev.leasehold.testbed.target.DemoApi;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The clients that agents are made of, run as {@code leasehold run} hands them their world. */
class ClientsIT {
  private static final Testbed TESTBED = SharedTestbed.get();
  private static DemoApi api;
  private static Rig rig;

  /** The clients; each prints what {@code /orders} answers. */
  enum Client {
    CURL("curl", "", ""),
    PYTHON(
        "python3",
        "client.py",
        """
        import sys, urllib.request
        print(urllib.request.urlopen(sys.argv[1], timeout=20).read().decode())
        """),
    NODE(
        "node",
        "client.js",
        """
        const http = require('http'), proxy = new URL(process.env.HTTP_PROXY), url = process.argv[2];
        const user = decodeURIComponent(proxy.username) + ':' + decodeURIComponent(proxy.password);
        const headers = {Host: new URL(url).host,
          'Proxy-Authorization': 'Basic ' + Buffer.from(user).toString('base64')};
        http.get({host: proxy.hostname, port: proxy.port, path: url, headers}, answer => {
          answer.pipe(process.stdout);
          if (answer.statusCode != 200) process.exitCode = 1;
        });
        """),
    /** Go sends no call to this machine through a proxy, so it takes the endpoint. */
    GO(
        "go",
        "client.go",
        """
        package main
        import ("io"; "net/http"; "os")
        func main() {
          answer, err := http.Get(os.Args[1])
          if err != nil { panic(err) }
          io.Copy(os.Stdout, answer.Body)
          if answer.StatusCode != 200 { os.Exit(1) }
        }
        """),
    /** Java takes no credentials for a proxy from its options, so it takes the task's own port. */
    JAVA(
        "java",
        "Client.java",
        """
        public class Client {
          public static void main(String[] args) throws Exception {
            var in = new java.net.URI(args[0]).toURL().openConnection().getInputStream();
            System.out.println(new String(in.readAllBytes()));
          }
        }
        """);

    final String program;
    private final String file;
    private final String source;

    Client(String program, String file, String source) {
      this.program = program;
      this.file = file;
      this.source = source;
    }

    /** Puts the client into the folder, where every account can run it, and names its command. */
    List<String> prepare(Path folder, String url) throws IOException {
      Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
      if (this == CURL) {
        return List.of("curl", "-sS", "--fail", url);
      }
      Path path = Files.writeString(folder.resolve(file), source);
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-r--r--"));
      if (this != GO) {
        return List.of(program, path.toString(), url);
      }
      Path built = folder.resolve("client");
      Map<String, String> go =
          Map.of("HOME", folder.toString(), "GOFLAGS", "-buildvcs=false", "CGO_ENABLED", "0");
      Ran.command(List.of("go", "build", "-o", built.toString(), path.toString()), go).orThrow();
      return List.of(built.toString(), url);
    }
  }

  @BeforeAll
  static void start() {
    api = DemoApi.start(TESTBED.database(), TESTBED.ca().leaf("localhost"));
    rig = new Rig(TESTBED).rules(OrdersRules.of(api.address(), VaultMounts.DATABASE_ROLE)).start();
  }

  @AfterAll
  static void stop() {
    rig.close();
    api.close();
  }

  @ParameterizedTest
  @EnumSource
  void aClientCallsTheApiWithoutEverHoldingItsCredential(Client client) throws IOException {
    assumeTrue(
        Setting.realDemandedBy().isPresent() || isInstalled(client),
        client.program + " is not installed");
    Path folder = Files.createDirectory(rig.folder().resolve(client.program));
    int agent = rig.uids().agent();
    OpenedTask task = Curl.open(rig, agent, "orders-api", "proxy");
    String url =
        client == Client.GO
            ? task.endpoint("orders-api") + "/orders"
            : "http://localhost:" + api.address().getPort() + "/orders";

    Map<String, String> environment = new HashMap<>(task.environment());
    environment.put("PATH", publicPath());
    Ran ran = Ran.command(Account.commandAs(agent, client.prepare(folder, url)), environment);

    assertEquals(0, ran.status(), ran.err() + ran.out());
    assertTrue(ran.out().contains("anvil"), ran.out());
    rig.lastCredential(api);
    rig.secrets().assertAbsentFrom(client.program, ran.out());
    assertEquals("complete", Curl.end(rig, agent, task).getString("proof"));
  }

  private static boolean isInstalled(Client client) {
    return Ran.command(List.of("sh", "-c", "command -v " + client.program), Map.of()).status() == 0;
  }

  /** Our own path without what lies in our home, where another user cannot go. */
  private static String publicPath() {
    String home = System.getProperty("user.home");
    return Arrays.stream(System.getenv("PATH").split(":", -1))
        .filter(folder -> !folder.startsWith(home))
        .collect(Collectors.joining(":"));
  }
}
