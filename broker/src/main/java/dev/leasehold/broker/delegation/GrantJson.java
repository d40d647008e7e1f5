package dev.leasehold.broker.delegation;

import com.nimbusds.jwt.JWTClaimsSet;
import dev.leasehold.broker.destination.Classification;
import dev.leasehold.broker.destination.PathPattern;
import dev.leasehold.broker.destination.Rule;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Date;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The claims of a grant (RFC 7519). The chain of agents is in {@code act}, the one that delegates
 * outermost (RFC 8693, section 4.1).
 */
final class GrantJson {
  private static final int MOST = 200;

  private GrantJson() {}

  static JWTClaimsSet claims(Grant grant) {
    JWTClaimsSet.Builder claims =
        new JWTClaimsSet.Builder()
            .jwtID(grant.id())
            .issuer(grant.issuer())
            .audience(grant.audience())
            .subject(grant.agent())
            .issueTime(Date.from(grant.issued()))
            .expirationTime(Date.from(grant.ends()))
            .claim("act", act(grant.chain()))
            .claim("parent", grant.parent())
            .claim("root", grant.root())
            .claim("deepest", grant.deepest())
            .claim("places", grant.places().stream().map(GrantJson::place).toList())
            .claim("labels", grant.labels());
    grant.onBehalfOf().ifPresent(who -> claims.claim("on_behalf_of", who));
    Grant.Limits limits = grant.limits();
    limits.methods().ifPresent(names -> claims.claim("methods", names.stream().sorted().toList()));
    limits.paths().ifPresent(paths -> claims.claim("paths", texts(paths)));
    limits.classification().ifPresent(level -> claims.claim("classification", level.word()));
    limits.calls().ifPresent(most -> claims.claim("calls", most));
    return claims.build();
  }

  private static Map<String, Object> act(List<String> chain) {
    Map<String, Object> inner = null;
    for (String agent : chain) {
      Map<String, Object> act = new LinkedHashMap<>();
      act.put("sub", agent);
      if (inner != null) {
        act.put("act", inner);
      }
      inner = act;
    }
    return inner == null ? Map.of() : inner;
  }

  private static Map<String, Object> place(Grant.Place place) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("scheme", place.scheme());
    json.put("host", place.host());
    json.put("port", place.port());
    place.vault().ifPresent(path -> json.put("vault", path));
    json.put("allow", place.allow().stream().map(GrantJson::rule).toList());
    json.put("deny", place.deny().stream().map(GrantJson::rule).toList());
    return json;
  }

  private static Map<String, Object> rule(Rule rule) {
    return Map.of("methods", List.copyOf(rule.methods()), "paths", texts(rule.paths()));
  }

  private static List<String> texts(List<PathPattern> paths) {
    return paths.stream().map(PathPattern::toString).toList();
  }

  /**
   * @throws ParseException when a claim is missing or of another kind
   */
  static Grant grant(JWTClaimsSet claims) throws ParseException {
    try {
      List<String> audience = claims.getAudience();
      if (audience.size() != 1) {
        throw new ParseException("aud", 0);
      }
      return new Grant(
          text(claims.getJWTID()),
          text(claims.getIssuer()),
          audience.getFirst(),
          text(claims.getSubject()),
          chain(claims.getJSONObjectClaim("act")),
          text(claims.getStringClaim("parent")),
          text(claims.getStringClaim("root")),
          claims.getIntegerClaim("deepest"),
          places(claims.getListClaim("places")),
          limits(claims),
          labels(claims.getJSONObjectClaim("labels")),
          Optional.ofNullable(claims.getStringClaim("on_behalf_of")),
          claims.getIssueTime().toInstant(),
          claims.getExpirationTime().toInstant());
    } catch (IllegalArgumentException | ClassCastException | NullPointerException wrong) {
      throw new ParseException("a claim is missing or of another kind", 0);
    }
  }

  private static Grant.Limits limits(JWTClaimsSet claims) throws ParseException {
    return new Grant.Limits(
        Optional.ofNullable(claims.getStringListClaim("methods")).map(Set::copyOf),
        Optional.ofNullable(claims.getStringListClaim("paths")).map(GrantJson::patterns),
        Optional.ofNullable(claims.getStringClaim("classification"))
            .map(word -> Classification.of(word).orElseThrow(IllegalArgumentException::new)),
        Optional.ofNullable(claims.getLongClaim("calls")));
  }

  private static List<String> chain(@Nullable Map<String, Object> act) throws ParseException {
    List<String> chain = new ArrayList<>();
    Map<?, ?> each = act;
    while (each != null && chain.size() < MOST) {
      chain.add(text(each.get("sub")));
      each = (Map<?, ?>) each.get("act");
    }
    if (chain.isEmpty() || chain.size() == MOST) {
      throw new ParseException("act", 0);
    }
    Collections.reverse(chain);
    return chain;
  }

  private static List<Grant.Place> places(List<Object> list) {
    return list.stream().map(place -> place((Map<?, ?>) place)).toList();
  }

  private static Grant.Place place(Map<?, ?> json) {
    Object vault = json.get("vault");
    return new Grant.Place(
        text(json.get("scheme")),
        text(json.get("host")),
        Math.toIntExact(((Number) value(json.get("port"))).longValue()),
        vault == null ? Optional.empty() : Optional.of(text(vault)),
        rules("grant.allow", json.get("allow")),
        rules("grant.deny", json.get("deny")));
  }

  private static List<Rule> rules(String name, @Nullable Object list) {
    List<Rule> rules = new ArrayList<>();
    for (Object each : (List<?>) value(list)) {
      Map<?, ?> rule = (Map<?, ?>) value(each);
      rules.add(
          new Rule(
              name + "[" + rules.size() + "]",
              Set.copyOf(strings(rule.get("methods"))),
              patterns(strings(rule.get("paths")))));
    }
    return rules;
  }

  private static List<String> strings(@Nullable Object list) {
    return ((List<?>) value(list)).stream().map(GrantJson::text).toList();
  }

  private static List<PathPattern> patterns(List<String> texts) {
    return texts.stream().map(PathPattern::parse).toList();
  }

  private static Map<String, String> labels(@Nullable Map<String, Object> json) {
    Map<String, String> labels = new HashMap<>();
    if (json != null) {
      json.forEach((name, label) -> labels.put(name, text(label)));
    }
    return labels;
  }

  private static String text(@Nullable Object value) {
    if (value instanceof String text && !text.isEmpty()) {
      return text;
    }
    throw new IllegalArgumentException("a text is missing");
  }

  private static Object value(@Nullable Object value) {
    if (value == null) {
      throw new IllegalArgumentException("a value is missing");
    }
    return value;
  }
}
