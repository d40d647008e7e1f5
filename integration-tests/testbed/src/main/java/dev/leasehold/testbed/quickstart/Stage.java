package dev.leasehold.testbed.quickstart;

import dev.leasehold.testbed.Needs;
import dev.leasehold.testbed.Testbed;
import dev.leasehold.testbed.VaultMounts;
import dev.leasehold.testbed.server.FreePorts;
import dev.leasehold.testbed.server.Servers;
import dev.leasehold.testbed.sidecar.Distribution;
import dev.leasehold.testbed.sidecar.ExampleConfig;
import dev.leasehold.testbed.target.DemoApi;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * All that stands around Leasehold in the quick start: the servers, the foreign API, the accounts,
 * the folders and the configuration.
 *
 * @param folder of the sidecar
 * @param config written for this machine
 * @param human who is asked
 * @param bundle the trust domain's authorities, for {@code leasehold vault apply}
 */
record Stage(
    Testbed testbed,
    Accounts accounts,
    Distribution distribution,
    DemoApi api,
    Path folder,
    Path config,
    Path bundle,
    Human human,
    int proxyPort,
    int adminPort) {
  private static final String SPIFFE_ID = "spiffe://example.org/leasehold/quickstart";
  private static final String CALLERS =
      """
        callers:
          - {uid: 1001, agent: "spiffe://example.org/agent/reporter", may: [open], kinds: [report]}
          - {uid: 0, may: [operate]}
      """;

  /** The request path of the credential at Vault. */
  static final String CREDENTIAL_PATH = "database/creds/" + VaultMounts.DATABASE_ROLE;

  static Stage build(Path project, Servers servers) throws IOException {
    Accounts accounts = Accounts.choose(Path.of(System.getProperty("java.home"), "bin", "java"));
    Testbed testbed = Testbed.start(servers, Needs.VAULT, Needs.WORKLOAD_API, Needs.POSTGRES);
    try {
      testbed
          .identity()
          .register(SPIFFE_ID, accounts.sidecar(), "leasehold-quickstart", Duration.ofHours(1));
      DemoApi api = testbed.keep(DemoApi.start(testbed.database(), testbed.ca().leaf("localhost")));
      Distribution distribution = Distribution.built(project);
      if (accounts.areSeparate()) {
        distribution = distribution.forEverybody(testbed.folder());
      }
      Path folder = Files.createDirectory(testbed.folder().resolve("sidecar"));
      Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
      for (String name : List.of("run", "state", "log")) {
        accounts.giveToSidecar(Files.createDirectory(folder.resolve(name)));
      }
      Files.copy(testbed.vault().caFile(), folder.resolve("vault-ca.pem"));
      Files.writeString(folder.resolve("orders-ca.pem"), testbed.ca().pem());
      Path bundle = Files.writeString(folder.resolve("bundle.pem"), testbed.identity().bundlePem());
      Human human = Human.in(folder);
      int proxyPort = FreePorts.next();
      int adminPort = FreePorts.next();
      Map<String, String> values = values(testbed, accounts, api, folder, proxyPort, adminPort);
      Path config =
          Files.writeString(
              folder.resolve("config.yaml"), ExampleConfig.adapt(project, "quickstart", values));
      for (String name :
          List.of("vault-ca.pem", "orders-ca.pem", "bundle.pem", "id.jwks", "config.yaml")) {
        Files.setPosixFilePermissions(
            folder.resolve(name), PosixFilePermissions.fromString("rw-r--r--"));
      }
      return new Stage(
          testbed,
          accounts,
          distribution,
          api,
          folder,
          config,
          bundle,
          human,
          proxyPort,
          adminPort);
    } catch (IOException | RuntimeException failed) {
      testbed.close();
      throw failed;
    }
  }

  private static Map<String, String> values(
      Testbed testbed, Accounts accounts, DemoApi api, Path folder, int proxyPort, int adminPort) {
    Map<String, String> values = new LinkedHashMap<>();
    values.put("unix:///run/spire/agent.sock", testbed.identity().workloadApi().toString());
    values.put("https://127.0.0.1:8200", testbed.vault().address().toString());
    values.put("/etc/leasehold/vault-ca.pem", folder.resolve("vault-ca.pem").toString());
    values.put("/etc/leasehold/orders-ca.pem", folder.resolve("orders-ca.pem").toString());
    values.put("127.0.0.1:15080", "127.0.0.1:" + proxyPort);
    values.put("127.0.0.1:15090", "127.0.0.1:" + adminPort);
    values.put("runtime-dir: /run/leasehold", "runtime-dir: " + folder.resolve("run"));
    values.put("/run/leasehold/control.sock", folder.resolve("run/control.sock").toString());
    values.put("/run/leasehold/approvals.sock", folder.resolve("run/approvals.sock").toString());
    values.put("/etc/leasehold/id.jwks", folder.resolve("id.jwks").toString());
    values.put("/var/lib/leasehold", folder.resolve("state").toString());
    values.put("/var/log/leasehold", folder.resolve("log").toString());
    values.put("https://localhost:8443", api.address().toString());
    values.put(CALLERS, callers(accounts));
    return values;
  }

  private static String callers(Accounts accounts) {
    if (accounts.areSeparate()) {
      return CALLERS.replace("uid: 1001", "uid: " + accounts.agent());
    }
    return """
      unsafe-same-uid: true
      callers:
        - {uid: %d, agent: "spiffe://example.org/agent/reporter", may: [open, operate], kinds: [report]}
    """
        .formatted(accounts.agent());
  }

  String controlAddress() {
    return "unix://" + folder.resolve("run/control.sock");
  }

  String approvalsAddress() {
    return "unix://" + folder.resolve("run/approvals.sock");
  }

  Path auditFile() {
    return folder.resolve("log/audit.jsonl");
  }
}
