package dev.leasehold.bench;

import dev.leasehold.testbed.server.FreePorts;
import dev.leasehold.testbed.server.ServerProcess;
import dev.leasehold.testbed.tls.Leaf.KeyFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** nginx, as the upstream of both and as the peer. */
final class Nginx implements AutoCloseable {
  private static final int BODY = 512;

  private final int port;
  private final ServerProcess process;

  private Nginx(int port, ServerProcess process) {
    this.port = port;
    this.process = process;
  }

  /** Answers everything with the same 512 bytes, and logs nothing. */
  static Nginx upstream(Path folder, Cores cores) {
    int port = FreePorts.next();
    String http =
        """
        access_log off;
        server {
          listen 127.0.0.1:%d;
          location / { default_type text/plain; return 200 "%s"; }
        }
        """
            .formatted(port, "x".repeat(BODY));
    return start("upstream", folder, cores, port, http);
  }

  /**
   * Passes everything on to {@code upstream} with a header put in, and logs each request in its
   * usual format, as we write an audit line for each.
   */
  static Nginx injecting(Path folder, Cores cores, int upstream, String authorization) {
    int port = FreePorts.next();
    String http =
        """
        access_log access.log combined buffer=64k flush=1s;
        upstream target { server 127.0.0.1:%d; keepalive 128; keepalive_requests 100000000; }
        server {
          listen 127.0.0.1:%d;
          location / {
            proxy_pass http://target;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_set_header Proxy-Authorization "";
            proxy_set_header Authorization "%s";
          }
        }
        """
            .formatted(upstream, port, authorization);
    return start("peer", folder, cores, port, http);
  }

  /** The same as {@link #upstream}, over TLS. */
  static Nginx secureUpstream(Path folder, Cores cores, KeyFiles shown) {
    int port = FreePorts.next();
    String http =
        """
        access_log off;
        %s
        server {
          listen 127.0.0.1:%d ssl;
          location / { default_type text/plain; return 200 "%s"; }
          location ~ /kibibyte$ { default_type text/plain; return 200 "%s"; }
        }
        """
            .formatted(tls(shown), port, "x".repeat(BODY), "x".repeat(1024));
    return start("upstream", folder, cores, port, http);
  }

  /**
   * The same as {@link #injecting}, over TLS on both sides, the upstream's certificate verified.
   */
  static Nginx secureInjecting(
      Path folder, Cores cores, KeyFiles shown, Path roots, int upstream, String authorization) {
    int port = FreePorts.next();
    String http =
        """
        access_log access.log combined buffer=64k flush=1s;
        %s
        upstream target { server 127.0.0.1:%d; keepalive 128; keepalive_requests 100000000; }
        server {
          listen 127.0.0.1:%d ssl;
          location / {
            proxy_pass https://target;
            proxy_ssl_verify on;
            proxy_ssl_trusted_certificate %s;
            proxy_ssl_name localhost;
            proxy_ssl_server_name on;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_set_header Authorization "%s";
          }
        }
        """
            .formatted(tls(shown), upstream, port, roots, authorization);
    return start("peer", folder, cores, port, http);
  }

  private static String tls(KeyFiles shown) {
    return """
    ssl_certificate %s;
    ssl_certificate_key %s;
    ssl_protocols TLSv1.2 TLSv1.3;
    ssl_session_cache shared:tls:1m;
    """
        .formatted(shown.certificate(), shown.key());
  }

  private static Nginx start(String name, Path parent, Cores cores, int port, String http) {
    Path folder = parent.resolve("nginx-" + name);
    try {
      Files.createDirectories(folder);
      Files.writeString(
          folder.resolve("nginx.conf"),
          """
          daemon off;
          worker_processes %d;
          pid nginx.pid;
          error_log error.log warn;
          events { worker_connections 4096; }
          http {
            keepalive_requests 100000000;
            client_body_temp_path body;
            proxy_temp_path proxy;
            fastcgi_temp_path fastcgi;
            uwsgi_temp_path uwsgi;
            scgi_temp_path scgi;
            %s
          }
          """
              .formatted(cores.count(), http));
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
    ServerProcess process =
        ServerProcess.start(
            "nginx-" + name,
            folder,
            cores.pin(
                List.of("nginx", "-p", folder.toString(), "-c", "nginx.conf", "-e", "error.log")),
            Map.of());
    Nginx nginx = new Nginx(port, process);
    process.awaitReady("nginx listens", nginx::listens);
    return nginx;
  }

  private boolean listens() {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException notYet) {
      return false;
    }
  }

  long pid() {
    return process.pid();
  }

  int port() {
    return port;
  }

  @Override
  public void close() {
    process.close();
  }
}
