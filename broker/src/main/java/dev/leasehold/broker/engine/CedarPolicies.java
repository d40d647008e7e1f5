package dev.leasehold.broker.engine;

import com.cedarpolicy.BasicAuthorizationEngine;
import com.cedarpolicy.model.ValidationRequest;
import com.cedarpolicy.model.ValidationResponse;
import com.cedarpolicy.model.ValidationResponse.ValidationError;
import com.cedarpolicy.model.exception.AuthException;
import com.cedarpolicy.model.exception.CacheException;
import com.cedarpolicy.model.policy.Policy;
import com.cedarpolicy.model.policy.PolicySet;
import com.cedarpolicy.model.schema.Schema;
import com.cedarpolicy.model.schema.Schema.JsonOrCedar;
import dev.leasehold.broker.policy.Fact;
import dev.leasehold.broker.policy.Obligations;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A set of policies in Cedar, read, checked against a schema, and kept where Cedar decides.
 *
 * @see <a href="https://docs.cedarpolicy.com/policies/syntax-grammar.html">the language</a>
 */
public final class CedarPolicies {
  private final String text;
  private final PolicySet set;
  private final Map<String, String> names;
  private final Map<String, String> obligations;
  private final Set<Fact> unnamed;

  private CedarPolicies(String policies, String text, PolicySet set)
      throws AuthException, CacheException {
    this.text = text;
    this.set = set;
    this.names = annotated(set, "id");
    this.obligations = annotated(set, "obligation");
    this.unnamed = unnamed(policies);
    set.cache();
  }

  /**
   * Reads and checks them; the first of a process loads a native library, which is a file in {@code
   * java.io.tmpdir} for that moment.
   *
   * @param policies in Cedar's own syntax
   * @param schema in Cedar's own syntax; empty: what policies name is found out when they decide
   * @throws IllegalArgumentException with the first mistake
   */
  public static CedarPolicies read(String policies, Optional<String> schema) {
    try {
      PolicySet set = PolicySet.parsePolicies(policies);
      if (set.getNumPolicies() == 0) {
        throw new IllegalArgumentException(
            "there is no policy in it, so that it denies everything");
      }
      if (schema.isPresent()) {
        check(set, Schema.parse(JsonOrCedar.Cedar, schema.get()));
      }
      return new CedarPolicies(policies, policies + schema.orElse(""), set);
    } catch (AuthException | CacheException invalid) {
      throw new IllegalArgumentException(line(invalid.getMessage()), invalid);
    } catch (LinkageError absent) {
      throw new IllegalArgumentException("Cedar's library does not run on this machine", absent);
    }
  }

  private static void check(PolicySet set, Schema schema) throws AuthException {
    ValidationResponse response =
        new BasicAuthorizationEngine().validate(new ValidationRequest(schema, set));
    if (response.validationPassed()) {
      return;
    }
    String why =
        response.success.stream()
            .flatMap(result -> result.validationErrors.stream())
            .findFirst()
            .map(CedarPolicies::words)
            .or(() -> response.errors.flatMap(all -> all.stream().findFirst()).map(e -> e.message))
            .orElse("the policies do not agree with the schema");
    throw new IllegalArgumentException(line(why));
  }

  private static String words(ValidationError mistake) {
    return mistake.getError().message;
  }

  private static String line(@Nullable String message) {
    return String.valueOf(message).lines().findFirst().orElse("");
  }

  /** By Cedar's id of a policy what its author wrote behind that annotation; others lack. */
  private static Map<String, String> annotated(PolicySet set, String annotation)
      throws AuthException {
    Map<String, String> texts = new HashMap<>();
    for (Policy policy : set.policies) {
      String text = policy.getAnnotations().get(annotation);
      if (text != null) {
        texts.put(policy.getID(), text);
      }
    }
    return Map.copyOf(texts);
  }

  /** An attribute can be reached by its name only, which an escape could hide. */
  private static Set<Fact> unnamed(String policies) {
    Set<Fact> unnamed = EnumSet.noneOf(Fact.class);
    if (policies.indexOf('\\') < 0) {
      Set<String> words = new HashSet<>(Arrays.asList(policies.split("[^A-Za-z0-9_]+", -1)));
      for (Fact fact : Fact.values()) {
        if (!words.contains(fact.key())) {
          unnamed.add(fact);
        }
      }
    }
    return Collections.unmodifiableSet(unnamed);
  }

  /** The facts that no policy names, which Cedar need not be told. */
  Set<Fact> unnamed() {
    return unnamed;
  }

  PolicySet set() {
    return set;
  }

  /** The first name, by the alphabet, of these policies; empty where none has one. */
  String name(Collection<String> ids) {
    return ids.stream()
        .flatMap(id -> Optional.ofNullable(names.get(id)).stream())
        .map(Answers::word)
        .filter(name -> !name.isEmpty())
        .sorted()
        .findFirst()
        .orElse("");
  }

  /** What these policies want to be done besides, {@code @obligation("cut, life=60s")}. */
  Optional<Obligations> obligations(Collection<String> ids) {
    return Obligations.parse(
        ids.stream()
            .flatMap(id -> Optional.ofNullable(obligations.get(id)).stream())
            .flatMap(text -> Arrays.stream(text.split(",", -1)))
            .map(String::strip)
            .toList());
  }

  /** All that was read, for a digest. */
  public String text() {
    return text;
  }
}
