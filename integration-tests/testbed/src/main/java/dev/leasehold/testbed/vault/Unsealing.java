package dev.leasehold.testbed.vault;

import dev.leasehold.testbed.server.Await;
import io.vertx.core.json.JsonObject;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;

/** Makes a new Vault usable, and usable again after it was sealed or restarted. */
final class Unsealing {

  private static final int SEALED = 503;
  private static final int NOT_INITIALISED = 501;

  private final VaultAdmin anyone;
  private final String key;
  private final String rootToken;

  private Unsealing(VaultAdmin anyone, String key, String rootToken) {
    this.anyone = anyone;
    this.key = key;
    this.rootToken = rootToken;
  }

  /** Initialises with one key share and unseals. */
  static Unsealing initialise(URI address, Path caFile) {
    VaultAdmin anyone = VaultAdmin.of(address, caFile, "");
    JsonObject shares = new JsonObject().put("secret_shares", 1).put("secret_threshold", 1);
    JsonObject keys = anyone.put("sys/init", shares).orThrow().body();
    Unsealing unsealing =
        new Unsealing(
            anyone,
            VaultAnswer.strings(keys, "keys_base64").getFirst(),
            keys.getString("root_token"));
    unsealing.unseal();
    return unsealing;
  }

  /** Whether something answers health checks there, in whatever state. */
  static boolean answers(URI address, Path caFile) {
    try (VaultAdmin anyone = VaultAdmin.of(address, caFile, "")) {
      int status = anyone.read("sys/health").status();
      return status == 200 || status == NOT_INITIALISED || status == SEALED;
    } catch (UncheckedIOException notYet) {
      return false;
    }
  }

  void unseal() {
    anyone.put("sys/unseal", new JsonObject().put("key", key)).orThrow();
    Await.until("Vault is unsealed and active", () -> anyone.read("sys/health").status() == 200);
  }

  void seal() {
    anyone.as(rootToken).put("sys/seal", new JsonObject()).orThrow();
  }

  String rootToken() {
    return rootToken;
  }

  String version() {
    return anyone.read("sys/health").body().getString("version");
  }

  void close() {
    anyone.close();
  }
}
