package dev.leasehold.experiments;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.leasehold.testbed.tls.TestCa;
import java.io.IOException;
import java.net.Socket;
import javax.net.ssl.SSLSocket;

/** A proxy that makes a certificate for whatever name it is asked for. */
final class MintingProxy extends FaultyProxy {
  private final TestCa ca;

  MintingProxy(TestCa ca) throws IOException {
    this.ca = ca;
    begin();
  }

  @Override
  void serve(Socket agent) {
    try (agent) {
      String host = head(agent).split("[ :]", 3)[1];
      agent.getOutputStream().write("HTTP/1.1 200 OK\r\n\r\n".getBytes(ISO_8859_1));
      SSLSocket inside =
          (SSLSocket)
              ca.leaf(host)
                  .serverContext()
                  .getSocketFactory()
                  .createSocket(agent, null, agent.getPort(), true);
      inside.setUseClientMode(false);
      inside.startHandshake();
    } catch (IOException ended) {
      return;
    }
  }
}
