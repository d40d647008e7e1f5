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
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

  private CedarPolicies(String text, PolicySet set) throws AuthException, CacheException {
    this.text = text;
    this.set = set;
    this.names = names(set);
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
      return new CedarPolicies(policies + schema.orElse(""), set);
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

  /** By Cedar's id of a policy what its author calls it; those that have no name lack. */
  private static Map<String, String> names(PolicySet set) throws AuthException {
    Map<String, String> names = new HashMap<>();
    for (Policy policy : set.policies) {
      String name = policy.getAnnotations().get("id");
      if (name != null) {
        names.put(policy.getID(), Answers.word(name));
      }
    }
    return Map.copyOf(names);
  }

  PolicySet set() {
    return set;
  }

  /** The names of those policies that have one, in the order of the alphabet. */
  List<String> names(Iterable<String> ids) {
    List<String> found = new ArrayList<>();
    for (String id : ids) {
      String name = names.getOrDefault(id, "");
      if (!name.isEmpty()) {
        found.add(name);
      }
    }
    found.sort(null);
    return found;
  }

  /** All that was read, for a digest. */
  public String text() {
    return text;
  }
}
