package dev.leasehold.broker.delegation;

import dev.leasehold.broker.identity.IdentitySnapshot;
import dev.leasehold.broker.identity.PeerSvid;
import dev.leasehold.broker.identity.PeerTls;
import dev.leasehold.broker.lease.Report;
import dev.leasehold.broker.lease.TaskEnds;
import dev.leasehold.broker.task.Signal;
import dev.leasehold.broker.task.Task;
import io.vertx.core.Vertx;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.net.SocketAddress;
import io.vertx.core.net.TrustOptions;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where other sidecars say that a task has ended which they handed to one here. TLS with both
 * sides' SVIDs; one call: {@code POST /v1/grants/{id}/end}. Whatever else is asked is not there.
 */
public final class PeerServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PeerServer.class);
  private static final Pattern END = Pattern.compile("/v1/grants/([A-Za-z0-9_-]{1,64})/end");
  private static final long BIND_SECONDS = 10;
  private static final long PROOF_SECONDS = 8;

  private final Supplier<Optional<IdentitySnapshot>> identity;
  private final Set<String> peers;
  private final TakenGrants taken;
  private final TaskEnds ends;
  private final HttpServer server;

  private PeerServer(
      Vertx vertx,
      DelegationConfig config,
      Supplier<Optional<IdentitySnapshot>> identity,
      TakenGrants taken,
      TaskEnds ends) {
    this.identity = identity;
    this.peers = config.peers().keySet();
    this.taken = taken;
    this.ends = ends;
    HttpServerOptions options =
        new HttpServerOptions()
            .setSsl(true)
            .setUseAlpn(false)
            .setKeyCertOptions(KeyCertOptions.wrap(PeerTls.keys(identity)))
            .setTrustOptions(TrustOptions.wrap(PeerTls.trust(identity, peers)))
            .setClientAuth(ClientAuth.REQUIRED)
            .setMaxInitialLineLength(1024)
            .setMaxHeaderSize(8 * 1024)
            .setIdleTimeout(30);
    this.server = vertx.createHttpServer(options).requestHandler(this::handle);
  }

  /** Serves; blocks. */
  public static PeerServer start(
      Vertx vertx,
      DelegationConfig config,
      InetSocketAddress address,
      Supplier<Optional<IdentitySnapshot>> identity,
      TakenGrants taken,
      TaskEnds ends)
      throws IOException {
    PeerServer server = new PeerServer(vertx, config, identity, taken, ends);
    try {
      server
          .server
          .listen(SocketAddress.inetSocketAddress(address))
          .toCompletionStage()
          .toCompletableFuture()
          .get(BIND_SECONDS, TimeUnit.SECONDS);
      return server;
    } catch (ExecutionException | TimeoutException failure) {
      throw new IOException("cannot listen on delegation.listen", failure);
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
      throw new IOException("stopped while starting", stop);
    }
  }

  /** With its real port. */
  public int port() {
    return server.actualPort();
  }

  private void handle(HttpServerRequest request) {
    Matcher path = END.matcher(request.path() == null ? "" : request.path());
    if (!path.matches() || !request.method().equals(HttpMethod.POST)) {
      answer(request, 404, new JsonObject().put("detail", "there is no such call"));
      return;
    }
    Optional<String> issuer = peer(request);
    if (issuer.isEmpty()) {
      answer(request, 403, new JsonObject().put("detail", "only a peer can say so"));
      return;
    }
    Optional<Task> task = taken.end(issuer.get(), path.group(1));
    if (task.isEmpty()) {
      answer(request, 200, new JsonObject().put("state", "unused"));
      return;
    }
    var unused =
        ends.end(task.get(), Signal.PARENT, "the task that delegated it has ended")
            .toCompletableFuture()
            .copy()
            .completeOnTimeout(null, PROOF_SECONDS, TimeUnit.SECONDS)
            .whenComplete((report, bug) -> answer(request, 200, state(task.get(), report)));
  }

  private JsonObject state(Task task, @Nullable Report report) {
    Optional<Report> now = Optional.ofNullable(report).or(() -> ends.report(task.id()));
    return new JsonObject()
        .put("state", task.state().word())
        .put("proof", now.map(Report::proof).orElse(Report.Proof.PENDING).word());
  }

  /** Asked anew for each call: a session may have outlived the certificate. */
  private Optional<String> peer(HttpServerRequest request) {
    SSLSession session = request.sslSession();
    Optional<IdentitySnapshot> own = identity.get();
    if (session == null || own.isEmpty()) {
      return Optional.empty();
    }
    try {
      List<X509Certificate> chain = new ArrayList<>();
      for (Certificate certificate : session.getPeerCertificates()) {
        chain.add((X509Certificate) certificate);
      }
      return Optional.of(PeerSvid.verified(chain, own.get())).filter(peers::contains);
    } catch (SSLPeerUnverifiedException | CertificateException nobody) {
      LOG.warn("event=peer-refused cause=\"{}\"", nobody.getMessage());
      return Optional.empty();
    }
  }

  private static void answer(HttpServerRequest request, int status, JsonObject body) {
    var unused =
        request
            .response()
            .setStatusCode(status)
            .putHeader("Content-Type", "application/json")
            .end(body.toBuffer());
  }

  @Override
  public void close() {
    try {
      server.close().toCompletionStage().toCompletableFuture().get(BIND_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException failure) {
      LOG.warn("event=peer-server-not-closed", failure);
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
    }
  }
}
