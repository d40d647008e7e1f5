package dev.leasehold.suite.sidecar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.leasehold.suite.sidecar.ControlClient.OpenedTask;
import dev.leasehold.suite.sidecar.Curl.Got;
import dev.leasehold.testbed.Testbed;
import dev.leasehold.testbed.VaultMounts;
import dev.leasehold.testbed.server.Account;
import dev.leasehold.testbed.server.Await;
import dev.leasehold.testbed.target.DemoApi;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * A machine for which there are no native libraries: everything works in Java alone, but for the
 * Workload API, whose client has a Unix socket in its native library only; over tcp it does.
 */
class PureJavaIT {
  private static final Testbed TESTBED = SharedTestbed.get();
  private static final List<String> NO_NATIVE_LIBRARIES =
      List.of(
          "-Dio.netty.transport.noNative=true",
          "-Dio.netty.handler.ssl.noOpenSsl=true",
          "-Dio.grpc.netty.shaded.io.netty.transport.noNative=true",
          "-Dio.grpc.netty.shaded.io.netty.handler.ssl.noOpenSsl=true");

  private static Rig rig(DemoApi api) {
    return new Rig(TESTBED).rules(OrdersRules.of(api.address(), VaultMounts.DATABASE_ROLE));
  }

  @Test
  void oneTaskOverHttpsEndToEnd() throws IOException {
    try (TcpWorkloadApi workloadApi = new TcpWorkloadApi(TESTBED.identity().workloadApi());
        DemoApi api = DemoApi.start(TESTBED.database(), TESTBED.ca().leaf("localhost"));
        Rig rig = rig(api).workloadApi(workloadApi.address())) {
      // Behind the bridge it is this process that asks.
      TESTBED
          .identity()
          .register(rig.spiffeId(), Account.uid(), rig.name() + "-tcp", Duration.ofHours(1));
      rig.setUpVault().serveByJava(NO_NATIVE_LIBRARIES).awaitReady();

      // When
      OpenedTask task = rig.agent().open("restock");
      Got got =
          Curl.as(
              rig.uids().agent(),
              "--noproxy",
              "",
              "-x",
              task.answer().getJsonObject("proxy").getString("url"),
              "--cacert",
              task.answer().getJsonObject("proxy").getString("ca"),
              "https://localhost:" + api.address().getPort() + "/orders");

      // Then
      assertEquals(200, got.status(), got.body());
      rig.lastCredential(api);
      assertEquals("complete", rig.agent().end(task, "completed").getString("proof"));
      String loaded = Files.readString(Path.of("/proc/" + rig.sidecar().pid() + "/maps"));
      assertTrue(loaded.contains("libjvm"), "the maps are not the sidecar's");
      assertFalse(
          loaded.contains("libnetty") || loaded.contains("netty_shaded"),
          "a native library of Netty is loaded");
    }
  }

  @Test
  void unixSocketOfTheWorkloadApiIsNamedAsWhatIsMissing() {
    try (DemoApi api = DemoApi.start(TESTBED.database());
        Rig rig = rig(api).setUpVault().serveByJava(NO_NATIVE_LIBRARIES)) {
      Admin.awaitAnswer(rig);
      Await.until(
          "the reason is told",
          () -> Admin.get(rig, "/readyz").body().contains("native library for Unix sockets"));
    }
  }

  /** The testbed's Workload API, at a loopback port. */
  private static final class TcpWorkloadApi implements AutoCloseable {
    private final ServerSocket server = new ServerSocket(0, 50, InetAddress.ofLiteral("127.0.0.1"));
    private final UnixDomainSocketAddress socket;

    TcpWorkloadApi(URI unix) throws IOException {
      socket = UnixDomainSocketAddress.of(unix.getPath());
      Thread.ofVirtual().start(this::accept);
    }

    String address() {
      return "tcp://127.0.0.1:" + server.getLocalPort();
    }

    private void accept() {
      try {
        while (true) {
          Socket client = server.accept();
          SocketChannel api = SocketChannel.open(socket);
          copy(client.getInputStream(), Channels.newOutputStream(api), client);
          copy(Channels.newInputStream(api), client.getOutputStream(), client);
        }
      } catch (IOException closed) {
        // the test is over
      }
    }

    private static void copy(InputStream from, OutputStream to, Socket client) {
      Thread.ofPlatform()
          .daemon()
          .start(
              () -> {
                try (client;
                    from;
                    to) {
                  from.transferTo(to);
                } catch (IOException over) {
                  // one side has closed, and now both have
                }
              });
    }

    @Override
    public void close() throws IOException {
      server.close();
    }
  }
}
