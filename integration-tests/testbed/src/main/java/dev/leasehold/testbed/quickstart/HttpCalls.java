package dev.leasehold.testbed.quickstart;

import dev.leasehold.testbed.server.Account;
import dev.leasehold.testbed.sidecar.Ran;
import dev.leasehold.testbed.tls.TestCa;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Authenticator;
import java.net.InetSocketAddress;
import java.net.PasswordAuthentication;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;

/** The quick start's HTTP calls: the agent's, and those of us who look after it. */
final class HttpCalls {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  /** An answer. */
  record Answer(int status, String body) {}

  private HttpCalls() {}

  /** Where curl is; empty where it is not. */
  static Optional<Path> curl() {
    return Stream.of("/usr/bin/curl", "/usr/local/bin/curl", "/bin/curl")
        .map(Path::of)
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** The agent's call, by curl under the agent's uid with the task's variables. */
  static Answer asAgent(Path curl, int uid, Map<String, String> environment, String url) {
    List<String> command =
        Account.commandAs(uid, List.of(curl.toString(), "-sS", "-w", "\n%{http_code}", url));
    String out = Ran.command(command, environment).orThrow().out();
    int end = out.lastIndexOf('\n');
    return new Answer(Integer.parseInt(out.substring(end + 1)), out.substring(0, end));
  }

  /**
   * The agent's call by Java, for a machine without curl. Java lets nobody authenticate to a proxy
   * for a tunnel unless {@code jdk.http.auth.tunneling.disabledSchemes} is empty.
   */
  static Answer asAgent(Map<String, String> environment, String url) {
    URI proxy = URI.create(environment.get("HTTPS_PROXY"));
    String[] user = proxy.getUserInfo().split(":", 2);
    HttpClient client =
        HttpClient.newBuilder()
            .proxy(ProxySelector.of(new InetSocketAddress(proxy.getHost(), proxy.getPort())))
            .authenticator(
                new Authenticator() {
                  @Override
                  protected PasswordAuthentication getPasswordAuthentication() {
                    return new PasswordAuthentication(user[0], user[1].toCharArray());
                  }
                })
            .sslContext(trusting(Path.of(environment.get("SSL_CERT_FILE"))))
            .version(HttpClient.Version.HTTP_1_1)
            .build();
    return send(client, HttpRequest.newBuilder(URI.create(url)));
  }

  private static SSLContext trusting(Path bundle) {
    try {
      return TestCa.clientContext(bundle);
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  /** A call without Leasehold. */
  static Answer direct(HttpClient client, URI address, Map<String, String> headers) {
    HttpRequest.Builder request = HttpRequest.newBuilder(address);
    headers.forEach(request::header);
    return send(client, request);
  }

  private static Answer send(HttpClient client, HttpRequest.Builder request) {
    try (client) {
      var response = client.send(request.timeout(TIMEOUT).build(), BodyHandlers.ofString());
      return new Answer(response.statusCode(), response.body());
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", stop);
    }
  }
}
