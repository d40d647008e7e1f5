package dev.leasehold.suite.sidecar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.leasehold.suite.sidecar.ControlClient.OpenedTask;
import dev.leasehold.testbed.Testbed;
import dev.leasehold.testbed.VaultMounts;
import dev.leasehold.testbed.server.Account;
import dev.leasehold.testbed.server.Setting;
import dev.leasehold.testbed.sidecar.Ran;
import dev.leasehold.testbed.target.DemoApi;
import dev.leasehold.testbed.target.LoopbackNames;
import java.io.IOException;
import java.net.URI;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Clients that are told an HTTPS URL and the task's environment, and nothing of Leasehold. */
class HttpsClientsIT {
  private static final Testbed TESTBED = SharedTestbed.get();
  private static final String HOST = "orders.example.test";
  private static DemoApi api;
  private static LoopbackNames names;
  private static Rig rig;

  /** Each prints what it is answered. */
  enum Client {
    CURL("curl", "", ""),
    PYTHON(
        "python3",
        "client.py",
        """
        import sys, urllib.request
        print(urllib.request.urlopen(sys.argv[1], timeout=20).read().decode())
        """),
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
    JAVA_URL(
        "java",
        "Client.java",
        """
        public class Client {
          public static void main(String[] args) throws Exception {
            var in = new java.net.URI(args[0]).toURL().openConnection().getInputStream();
            System.out.println(new String(in.readAllBytes()));
          }
        }
        """),
    JAVA_HTTP_CLIENT(
        "java",
        "Client.java",
        """
        import java.net.http.*;
        public class Client {
          public static void main(String[] args) throws Exception {
            var client = HttpClient.newBuilder().proxy(java.net.ProxySelector.getDefault()).build();
            var request = HttpRequest.newBuilder(java.net.URI.create(args[0])).build();
            var answer = client.send(request, HttpResponse.BodyHandlers.ofString());
            System.out.println(answer.body());
            System.exit(answer.statusCode() == 200 ? 0 : 1);
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
    api = DemoApi.start(TESTBED.database(), TESTBED.ca().leaf(HOST));
    names = LoopbackNames.start();
    URI address = URI.create("https://" + HOST + ":" + api.address().getPort());
    rig =
        new Rig(TESTBED)
            .rules(
                "resolver: \"%s\"\n".formatted(names.address())
                    + OrdersRules.of(address, VaultMounts.DATABASE_ROLE))
            .start();
  }

  @AfterAll
  static void stop() {
    rig.close();
    names.close();
    api.close();
  }

  private static String url(String path) {
    return "https://" + HOST + ":" + api.address().getPort() + path;
  }

  private static Map<String, String> environment(OpenedTask task) {
    Map<String, String> environment = new HashMap<>(task.environment());
    environment.put("PATH", publicPath());
    return environment;
  }

  @ParameterizedTest
  @EnumSource
  void clientCallsOverHttpsUnchangedWithoutEverHoldingTheCredential(Client client)
      throws IOException {
    assumeTrue(
        Setting.realDemandedBy().isPresent() || isInstalled(client),
        client.program + " is not installed");
    Path folder = Files.createDirectory(rig.folder().resolve("https-" + client));
    int agent = rig.uids().agent();
    OpenedTask task = Curl.open(rig, agent, "proxy");

    Ran ran =
        Ran.command(
            Account.commandAs(agent, client.prepare(folder, url("/orders"))), environment(task));

    assertEquals(0, ran.status(), ran.err() + ran.out());
    assertTrue(ran.out().contains("anvil"), ran.out());
    rig.lastCredential(api);
    rig.secrets().assertAbsentFrom(client.name(), ran.out() + ran.err());
    assertTrue(names.asked().contains(HOST), "the sidecar alone looks names up");
  }

  @Test
  void refusalInsideTheTunnelIsReadableAndAsksNoNameServer() {
    int agent = rig.uids().agent();
    OpenedTask task = Curl.open(rig, agent, "proxy");
    List<String> curl = List.of("curl", "-sS", "-w", "\n%{http_code}");

    Ran denied =
        Ran.command(Account.commandAs(agent, with(curl, url("/users"))), environment(task));
    Ran unknown =
        Ran.command(
            Account.commandAs(agent, with(curl, "https://elsewhere.example.test/")),
            environment(task));

    assertTrue(denied.out().contains("urn:leasehold:problem:rule-denied"), denied.out());
    assertTrue(denied.out().endsWith("403"), denied.out());
    assertTrue(unknown.err().contains("403"), unknown.err());
    assertFalse(names.asked().contains("elsewhere.example.test"));
  }

  private static List<String> with(List<String> command, String last) {
    return java.util.stream.Stream.concat(command.stream(), java.util.stream.Stream.of(last))
        .toList();
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
