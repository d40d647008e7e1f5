package dev.leasehold.broker.engine;

import com.cedarpolicy.model.AuthorizationRequest;
import com.cedarpolicy.model.Context;
import com.cedarpolicy.model.entity.Entity;
import com.cedarpolicy.value.CedarList;
import com.cedarpolicy.value.CedarMap;
import com.cedarpolicy.value.EntityTypeName;
import com.cedarpolicy.value.EntityUID;
import com.cedarpolicy.value.PrimLong;
import com.cedarpolicy.value.PrimString;
import com.cedarpolicy.value.Value;
import dev.leasehold.broker.policy.Fact;
import dev.leasehold.broker.policy.Facts;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * The decision input as Cedar is asked: the agent is the principal, the destination the resource,
 * both with their facts as attributes; the rest is the context, those of the action and of the task
 * as records. docs/leasehold.cedarschema describes it.
 */
record CedarQuestion(AuthorizationRequest request, Set<Entity> entities) {
  private static final EntityTypeName AGENT = type("Leasehold::Agent");
  private static final EntityTypeName ACTION = type("Leasehold::Action");
  private static final EntityTypeName DESTINATION = type("Leasehold::Destination");

  /**
   * @param without facts that no policy asks about
   */
  static CedarQuestion of(Facts facts, Set<Fact> without) {
    Map<String, Map<String, Value>> sections = new HashMap<>();
    facts.sections(without).forEach((section, values) -> sections.put(section, values(values)));
    Entity agent =
        new Entity(AGENT.of(facts.task().agent()), section(sections, "principal"), Set.of());
    Entity destination =
        new Entity(
            DESTINATION.of(Objects.requireNonNull(facts.destination()).name()),
            section(sections, "resource"),
            Set.of());
    EntityUID action = ACTION.of(facts.action().word());
    Map<String, Value> context = section(sections, "context");
    context.put("action", new CedarMap(section(sections, "action")));
    context.put("task", new CedarMap(section(sections, "task")));
    return new CedarQuestion(
        new AuthorizationRequest(
            agent.getEUID(), action, destination.getEUID(), new Context(context)),
        Set.of(agent, destination));
  }

  private static EntityTypeName type(String name) {
    return EntityTypeName.parse(name).orElseThrow();
  }

  private static Map<String, Value> section(Map<String, Map<String, Value>> all, String name) {
    return Objects.requireNonNull(all.get(name));
  }

  private static Map<String, Value> values(Map<String, Object> facts) {
    Map<String, Value> values = new HashMap<>();
    facts.forEach((name, fact) -> values.put(name, value(fact)));
    return values;
  }

  private static Value value(Object fact) {
    return switch (fact) {
      case Long number -> new PrimLong(number);
      case List<?> texts -> set(texts);
      // A record's attributes have to be known beforehand, and those of labels are not.
      case Map<?, ?> texts ->
          set(texts.entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).toList());
      default -> new PrimString(String.valueOf(fact));
    };
  }

  private static CedarList set(List<?> texts) {
    return new CedarList(
        texts.stream().map(text -> (Value) new PrimString(String.valueOf(text))).toList());
  }
}
