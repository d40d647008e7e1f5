package dev.leasehold.broker.vault;

import dev.leasehold.broker.secret.SecretStoreException;
import dev.leasehold.broker.secret.SecretStoreException.Kind;
import dev.leasehold.broker.secret.SecretValue;
import io.github.jopenlibs.vault.json.JsonObject;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * An intermediate that Vault's PKI shall sign. All that bounds it stands in the login's policy word
 * for word, so that whoever has the token gets no other. Lists are sent as one text, which Vault
 * takes as well and a policy can compare.
 *
 * @param permittedNames DNS names
 * @param permittedRanges CIDR blocks
 * @param excludedRanges CIDR blocks
 */
public record Intermediate(
    SigningConfig by,
    List<String> permittedNames,
    List<String> permittedRanges,
    List<String> excludedRanges) {
  public Intermediate {
    permittedNames = List.copyOf(permittedNames);
    permittedRanges = List.copyOf(permittedRanges);
    excludedRanges = List.copyOf(excludedRanges);
  }

  private SortedMap<String, String> bounds() {
    SortedMap<String, String> bounds = new TreeMap<>();
    bounds.put("exclude_cn_from_sans", "true");
    bounds.put("max_path_length", "0");
    bounds.put("organization", "Leasehold");
    bounds.put("permitted_dns_domains", String.join(",", permittedNames));
    bounds.put("ttl", by.life().toSeconds() + "s");
    bounds.put("use_csr_values", "false");
    if (!permittedRanges.isEmpty()) {
      bounds.put("permitted_ip_ranges", String.join(",", permittedRanges));
    }
    if (!excludedRanges.isEmpty()) {
      bounds.put("excluded_ip_ranges", String.join(",", excludedRanges));
    }
    return bounds;
  }

  VaultRequest request(SecretValue login, String name, String request) {
    JsonObject body = new JsonObject().add("csr", request).add("common_name", name);
    bounds().forEach(body::add);
    return VaultRequest.post(Operation.SIGN_CA, by.path(), login, body);
  }

  /** What was signed, then what is above it. */
  static List<X509Certificate> chain(VaultAnswer answer) throws SecretStoreException {
    JsonObject data = answer.object("data").orElseGet(JsonObject::new);
    List<X509Certificate> chain = new ArrayList<>(certificates(data.getString("certificate", "")));
    chain.addAll(certificates(data.getString("issuing_ca", "")));
    for (String above : VaultAnswer.strings(data, "ca_chain")) {
      chain.addAll(certificates(above));
    }
    return chain;
  }

  private static Set<X509Certificate> certificates(String pem) throws SecretStoreException {
    return Bundle.parse(pem)
        .orElseThrow(
            () ->
                new SecretStoreException(
                    Kind.INVALID, "Vault's answer holds something else than PEM certificates"));
  }

  /** What a token needs to have all of these signed and, as far as Vault can say it, no other. */
  static PathRule rule(List<Intermediate> all) {
    SortedMap<String, List<String>> allowed = new TreeMap<>();
    Set<String> required = new HashSet<>(all.getFirst().bounds().keySet());
    for (Intermediate one : all) {
      Map<String, String> bounds = one.bounds();
      bounds.forEach(
          (name, value) -> allowed.computeIfAbsent(name, first -> new ArrayList<>()).add(value));
      required.retainAll(bounds.keySet());
    }
    allowed.put("csr", List.of());
    allowed.put("common_name", List.of("Leasehold interception *"));
    return PathRule.allow(all.getFirst().by().path(), "update", allowed).requiring(required);
  }
}
