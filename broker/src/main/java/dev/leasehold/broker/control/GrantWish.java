package dev.leasehold.broker.control;

import dev.leasehold.broker.task.ChildRequest;
import java.util.HashSet;
import java.util.Set;

/**
 * The body of {@code POST /v1/tasks/{id}/grants}, checked in form: that of a child, and where it is
 * to live. How its agent shows who it is, is for the other sidecar to say.
 *
 * @param sidecar SPIFFE ID of the other sidecar
 */
record GrantWish(ChildRequest child, String sidecar) {
  static final Set<String> FIELDS = fields();

  private static Set<String> fields() {
    Set<String> fields = new HashSet<>(ChildWish.FIELDS);
    fields.removeAll(Set.of("agent_proof", "hold"));
    fields.add("sidecar");
    return Set.copyOf(fields);
  }

  static GrantWish parse(byte[] body) {
    Fields fields = new Fields(JsonReader.read(body), FIELDS);
    return new GrantWish(ChildWish.child(fields), ChildWish.spiffeId(fields, "sidecar"));
  }
}
