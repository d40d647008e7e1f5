package dev.leasehold.bench;

import dev.leasehold.testbed.Testbed;
import dev.leasehold.testbed.tls.Leaf.KeyFiles;
import dev.leasehold.testbed.tls.TestCa;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * An upstream that speaks TLS, and what is needed to trust it.
 *
 * @param roots PEM
 * @param shown its certificate, which a peer may show as well
 */
record SecureUpstream(int port, Path roots, KeyFiles shown) {
  static SecureUpstream start(Testbed testbed) throws IOException {
    Path folder = testbed.folder();
    TestCa ca = TestCa.create("bench");
    Path roots = Files.writeString(folder.resolve("roots.pem"), ca.pem());
    KeyFiles shown = ca.leaf("localhost").write(folder, "shown");
    Nginx nginx = testbed.keep(Nginx.secureUpstream(folder, Cores.load(), shown));
    return new SecureUpstream(nginx.port(), roots, shown);
  }

  /** What {@code target} answers to. */
  URI items() {
    return URI.create("https://localhost:" + port + "/v1/items");
  }

  /** An entry of {@code destinations} that leads here. */
  String destination(String name, String paths, String more) {
    return """
      %s:
        url: https://localhost:%d
        environment: bench
        addresses: [127.0.0.0/8, "::1/128"]
        tls: {ca: "file:%s"}
        allow: [{methods: [GET], paths: ["%s"]}]
        %s
    """
        .formatted(name, port, roots, paths, more);
  }
}
