package dev.leasehold.testbed.spiffe;

import io.spiffe.exception.JwtSvidException;
import io.spiffe.exception.SocketEndpointAddressException;
import io.spiffe.spiffeid.SpiffeId;
import io.spiffe.workloadapi.DefaultWorkloadApiClient;
import io.spiffe.workloadapi.WorkloadApiClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;

/** What an agent does to show who it is: asks the Workload API for a JWT-SVID of its own. */
public final class JwtSvids {
  private JwtSvids() {}

  /** One of an identity that is registered for this process's uid. */
  public static String fetch(URI workloadApi, String spiffeId, String audience) {
    try (WorkloadApiClient client =
        DefaultWorkloadApiClient.newClient(
            DefaultWorkloadApiClient.ClientOptions.builder()
                .spiffeSocketPath(workloadApi.toString())
                .build())) {
      return client.fetchJwtSvid(SpiffeId.parse(spiffeId), audience).getToken();
    } catch (SocketEndpointAddressException | JwtSvidException failed) {
      throw new IllegalStateException("no JWT-SVID for " + spiffeId, failed);
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }
}
