package dev.leasehold.testbed.vault.auth;

import dev.leasehold.testbed.vault.mount.Backend;
import dev.leasehold.testbed.vault.mount.Call;
import dev.leasehold.testbed.vault.mount.Paths;
import dev.leasehold.testbed.vault.token.Logins;
import dev.leasehold.testbed.vault.token.Logins.Proven;
import dev.leasehold.testbed.vault.token.Logins.Settings;
import dev.leasehold.testbed.vault.token.Token;
import dev.leasehold.testbed.vault.wire.Fields;
import dev.leasehold.testbed.vault.wire.Operation;
import dev.leasehold.testbed.vault.wire.Refusal;
import dev.leasehold.testbed.vault.wire.VaultReply;
import dev.leasehold.testbed.vault.wire.VaultRequest;
import io.vertx.core.json.JsonObject;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;

/** {@code auth/cert}: login by the client certificate of the connection. */
public final class CertAuth implements Backend, LoginRenewer {
  private static final String AUTHORITY = "authority_key_id";

  private final ConcurrentSkipListMap<String, CertRole> roles = new ConcurrentSkipListMap<>();
  private final ConcurrentSkipListMap<String, JsonObject> written = new ConcurrentSkipListMap<>();
  private final Logins logins;
  private final Paths paths;

  public CertAuth(Logins logins) {
    this.logins = logins;
    this.paths =
        new Paths()
            .on("login", Operation.UPDATE, this::login)
            .on("certs", Operation.LIST, call -> VaultReply.keys(List.copyOf(roles.keySet())))
            .on("certs/", Operation.LIST, call -> VaultReply.keys(List.copyOf(roles.keySet())))
            .on("certs/{role}", Operation.UPDATE, this::write)
            .on("certs/{role}", Operation.READ, this::read)
            .on("certs/{role}", Operation.DELETE, this::delete);
  }

  @Override
  public String type() {
    return "cert";
  }

  @Override
  public Paths paths() {
    return paths;
  }

  @Override
  public Set<String> open() {
    return Set.of("login");
  }

  private VaultReply login(Call call) {
    CertRole role = matching(call.request(), call.fields().text("name", ""));
    X509Certificate leaf = call.request().certificates().getFirst();
    String name = CertificateNames.commonName(leaf);
    String authority = CertificateNames.authorityKeyId(leaf);
    Map<String, String> meta =
        Map.of(
            AUTHORITY,
            authority,
            "cert_name",
            role.name(),
            "common_name",
            name,
            "serial_number",
            leaf.getSerialNumber().toString(),
            "subject_key_id",
            CertificateNames.subjectKeyId(leaf));
    Proven who =
        new Proven(
            call.mount(),
            name,
            role.displayName(),
            meta,
            Map.of("role", role.name(), AUTHORITY, authority));
    return VaultReply.auth(logins.issue(who, role.settings()).auth(Instant.now()));
  }

  private CertRole matching(VaultRequest request, String name) {
    if (request.certificates().isEmpty()) {
      throw Refusal.badRequest("client certificate must be supplied");
    }
    return roles.values().stream()
        .filter(role -> name.isEmpty() || role.name().equals(name))
        .filter(role -> role.accepts(request.certificates()))
        .findFirst()
        .orElseThrow(
            () -> Refusal.badRequest("failed to match all constraints for this login certificate"));
  }

  /** The certificate may be another one, as long as the same authority key signed it. */
  @Override
  public Settings renewing(Token token, VaultRequest request) {
    CertRole role = matching(request, token.spec().proof().getOrDefault("role", ""));
    String now = CertificateNames.authorityKeyId(request.certificates().getFirst());
    if (!now.equals(token.spec().proof().get(AUTHORITY))) {
      throw Refusal.badRequest(
          "client identity during renewal not matching client identity used during login");
    }
    return role.settings();
  }

  private VaultReply write(Call call) {
    String name = call.name("role");
    JsonObject merged =
        Optional.ofNullable(written.get(name)).map(JsonObject::copy).orElseGet(JsonObject::new);
    merged.mergeIn(call.request().body());
    roles.put(name, CertRole.written(name, new Fields(merged)));
    written.put(name, merged);
    return VaultReply.noContent();
  }

  private VaultReply read(Call call) {
    return VaultReply.of(
        Optional.ofNullable(roles.get(call.name("role"))).orElseThrow(Refusal::absent).read());
  }

  private VaultReply delete(Call call) {
    roles.remove(call.name("role"));
    written.remove(call.name("role"));
    return VaultReply.noContent();
  }
}
