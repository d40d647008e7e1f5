package dev.leasehold.broker.delegation;

import dev.leasehold.broker.identity.IdentitySnapshot;
import dev.leasehold.broker.identity.ServerTrust;
import dev.leasehold.broker.identity.SnapshotTls;
import dev.leasehold.broker.lease.Report;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.GeneralSecurityException;
import java.time.Duration;

/** Says to another sidecar that a grant is over. */
final class PeerClient {
  private static final Duration CONNECT = Duration.ofSeconds(3);
  private static final Duration ANSWER = Duration.ofSeconds(10);

  private PeerClient() {}

  /**
   * What became of the task there; blocks.
   *
   * @param peer its SPIFFE ID, which it has to prove
   * @throws IOException when it cannot be reached, or says anything else
   */
  static Report.Proof end(IdentitySnapshot own, String peer, URI address, String grant)
      throws IOException, InterruptedException {
    // A client of its own for each call: one that is kept would resume sessions of an older SVID.
    try (HttpClient client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(CONNECT)
            .sslContext(SnapshotTls.mutual(own, new ServerTrust.SpiffeServer(peer)))
            .build()) {
      HttpRequest request =
          HttpRequest.newBuilder(address.resolve("/v1/grants/" + grant + "/end"))
              .timeout(ANSWER)
              .POST(BodyPublishers.noBody())
              .build();
      HttpResponse<String> response = client.send(request, BodyHandlers.ofString());
      if (response.statusCode() != 200) {
        throw new IOException("status " + response.statusCode());
      }
      return proof(new JsonObject(response.body()));
    } catch (GeneralSecurityException unusable) {
      throw new IOException("the SVID cannot be used", unusable);
    } catch (DecodeException | ClassCastException nonsense) {
      throw new IOException("it does not say what became of the task");
    }
  }

  private static Report.Proof proof(JsonObject answer) throws IOException {
    if ("unused".equals(answer.getString("state"))) {
      return Report.Proof.COMPLETE;
    }
    for (Report.Proof proof : Report.Proof.values()) {
      if (proof.word().equals(answer.getString("proof"))) {
        return proof;
      }
    }
    throw new IOException("it does not say what became of the task");
  }
}
