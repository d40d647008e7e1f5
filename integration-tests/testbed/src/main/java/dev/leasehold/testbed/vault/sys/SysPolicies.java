package dev.leasehold.testbed.vault.sys;

import dev.leasehold.testbed.vault.mount.Call;
import dev.leasehold.testbed.vault.mount.Paths;
import dev.leasehold.testbed.vault.policy.Acl;
import dev.leasehold.testbed.vault.policy.Policies;
import dev.leasehold.testbed.vault.wire.Operation;
import dev.leasehold.testbed.vault.wire.Refusal;
import dev.leasehold.testbed.vault.wire.VaultReply;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;

/** {@code sys/policies/acl} and {@code sys/capabilities-self}. */
public final class SysPolicies {
  private static final String POLICY = "policies/acl/{name}";

  private final Policies policies;

  public SysPolicies(Policies policies) {
    this.policies = policies;
  }

  void addTo(Paths paths) {
    paths
        .on("policies/acl", Operation.LIST, call -> VaultReply.keys(policies.names()))
        .on("policies/acl/", Operation.LIST, call -> VaultReply.keys(policies.names()))
        .on(POLICY, Operation.READ, this::read)
        .on(POLICY, Operation.UPDATE, this::write)
        .on(POLICY, Operation.DELETE, this::delete)
        .on("capabilities-self", Operation.UPDATE, this::capabilities);
  }

  private VaultReply read(Call call) {
    String text = policies.text(call.name("name")).orElseThrow(Refusal::absent);
    return VaultReply.of(new JsonObject().put("name", call.name("name")).put("policy", text));
  }

  private VaultReply write(Call call) {
    policies.put(call.name("name"), call.fields().text("policy", ""));
    return VaultReply.noContent();
  }

  private VaultReply delete(Call call) {
    policies.remove(call.name("name"));
    return VaultReply.noContent();
  }

  private VaultReply capabilities(Call call) {
    Acl acl = policies.acl(call.caller().spec().policies());
    JsonObject answer = new JsonObject();
    for (String path : call.fields().list("paths")) {
      JsonArray words = new JsonArray(acl.capabilities(path));
      answer.put(path, words).put("capabilities", words);
    }
    return VaultReply.of(answer);
  }
}
