package dev.leasehold.testbed.vault;

import dev.leasehold.testbed.server.TestServer;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;

/**
 * A Vault that answers over TLS, asks clients for a certificate without requiring one, is unsealed
 * and has an admin token. Mounts are the caller's business, see {@code VaultAdmin}.
 *
 * <p>Safe for use by several threads.
 */
public interface VaultServer extends TestServer {

  /** {@code https://127.0.0.1:port}, the same for the whole life of this server. */
  URI address();

  /** PEM file with the CA of the listener's certificate. */
  Path caFile();

  /** A token with the {@code root} policy, for setting up and for looking behind the scenes. */
  String adminToken();

  /**
   * Every request that reached a backend or was refused, oldest first, the testbed's own included.
   * A call is in the list at the latest when its client has read the answer.
   */
  List<VaultCall> calls();

  /** Vault answers 503 to everything but the {@code sys} health and seal calls until unsealed. */
  void seal();

  void unseal();

  /** Nobody listens on the address any more; state is kept for {@link #restart}. */
  void stop();

  /** Ends the server if it runs and starts it again, unsealed, on its address with its state. */
  void restart();
}
