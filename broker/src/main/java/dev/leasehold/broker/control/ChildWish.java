package dev.leasehold.broker.control;

import dev.leasehold.broker.destination.Classification;
import dev.leasehold.broker.destination.PathPattern;
import dev.leasehold.broker.task.AgentProof;
import dev.leasehold.broker.task.ChildRequest;
import dev.leasehold.broker.task.Narrowing;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The body of {@code POST /v1/tasks} from the holder of a task's token, checked in form.
 *
 * @param child what is asked for
 * @param hold whether the child ends when the connection closes
 */
record ChildWish(ChildRequest child, boolean hold) {
  private static final int MAX_ID = 2048;
  private static final int MAX_PATH = 1024;
  private static final long MAX_CALLS = 1_000_000_000;
  private static final Pattern METHOD = Pattern.compile("[A-Z]{1,32}");
  // SPIFFE-ID.md, section 2
  private static final Pattern SPIFFE_ID =
      Pattern.compile("spiffe://[a-z0-9._-]{1,255}(/[A-Za-z0-9._-]+)+");

  static final Set<String> FIELDS =
      Set.of(
          "agent",
          "agent_proof",
          "purpose",
          "ttl",
          "destinations",
          "methods",
          "paths",
          "credentials",
          "classification",
          "calls",
          "labels",
          "on_behalf_of",
          "hold");

  static ChildWish parse(byte[] body) {
    Fields fields = new Fields(JsonReader.read(body), FIELDS);
    return new ChildWish(child(fields), fields.bool("hold"));
  }

  static ChildRequest child(Fields fields) {
    return new ChildRequest(
        spiffeId(fields, "agent"),
        fields.text("agent_proof", OpenRequest.MAX_NAME).map(ChildWish::proof),
        fields.requiredText("purpose", OpenRequest.MAX_PURPOSE),
        fields.text("ttl", OpenRequest.MAX_NAME).map(OpenRequest::ttl),
        fields.names("destinations", OpenRequest.MAX_NAMES, OpenRequest.MAX_NAME),
        fields.labels("labels", OpenRequest.MAX_LABELS, OpenRequest.MAX_LABEL),
        fields.text("on_behalf_of", OpenRequest.MAX_LABEL),
        narrowing(fields));
  }

  static String spiffeId(Fields fields, String name) {
    String id = fields.requiredText(name, MAX_ID);
    if (!SPIFFE_ID.matcher(id).matches()) {
      throw Refused.invalid("'" + name + "' must be a SPIFFE ID");
    }
    return id;
  }

  private static Narrowing narrowing(Fields fields) {
    return new Narrowing(
        fields.names("methods", OpenRequest.MAX_NAMES, 32).map(ChildWish::methods),
        fields.names("paths", OpenRequest.MAX_NAMES, MAX_PATH).map(ChildWish::paths),
        fields.names("credentials", OpenRequest.MAX_NAMES, OpenRequest.MAX_NAME).map(Set::copyOf),
        fields.text("classification", OpenRequest.MAX_NAME).map(ChildWish::classification),
        Optional.empty(),
        fields.number("calls", 1, MAX_CALLS));
  }

  private static Set<String> methods(List<String> methods) {
    if (!methods.stream().allMatch(method -> METHOD.matcher(method).matches())) {
      throw Refused.invalid("'methods' must be methods in capitals, such as GET");
    }
    return Set.copyOf(methods);
  }

  private static List<PathPattern> paths(List<String> paths) {
    try {
      return paths.stream().map(PathPattern::parse).toList();
    } catch (IllegalArgumentException wrong) {
      throw Refused.invalid("a pattern in 'paths' is wrong: " + wrong.getMessage());
    }
  }

  private static Classification classification(String word) {
    return Classification.of(word)
        .orElseThrow(
            () ->
                Refused.invalid(
                    "'classification' must be public, internal, confidential or restricted"));
  }

  private static AgentProof proof(String word) {
    return Arrays.stream(AgentProof.values())
        .filter(proof -> proof.word().equals(word))
        .findFirst()
        .orElseThrow(() -> Refused.invalid("'agent_proof' must be svid, uid or token"));
  }
}
