package dev.leasehold.broker.control;

import dev.leasehold.broker.audit.TaskEvent;
import dev.leasehold.broker.task.AgentProof;
import dev.leasehold.broker.task.Task;
import dev.leasehold.broker.telemetry.JsonBytes;
import dev.leasehold.broker.telemetry.Problem;
import java.util.Optional;
import java.util.Set;

/**
 * Lets the agent of a delegated task show who it is, before its first call: by a JWT-SVID of its
 * own, or by the uid under which the socket sees it.
 */
final class ProveAgent {
  static final Set<String> FIELDS = Set.of("svid");

  private static final int MAX_SVID = 8192;

  private final ControlNeeds needs;

  ProveAgent(ControlNeeds needs) {
    this.needs = needs;
  }

  /** Blocks; belongs on a virtual thread. */
  Answer answer(ApiCall call) {
    Task task = TaskReads.visible(needs.tasks(), call);
    if (!(call.principal() instanceof Principal.TaskHolder(Task own, Optional<Caller> peer))
        || own != task) {
      throw Refused.forbidden(
          "only who holds the task's own token can show who acts in it", "control", "");
    }
    if (!task.isActive()) {
      throw new Refused(Problem.TASK_ENDED, "the task has ended");
    }
    Fields fields = new Fields(JsonReader.read(call.body()), FIELDS);
    Optional<String> svid = fields.text("svid", MAX_SVID);
    AgentProof proof =
        svid.isPresent() ? bySvid(task, svid.get()) : byUid(task, peer.flatMap(Caller::agent));
    if (task.prove(proof)) {
      needs.audit().append(new TaskEvent.AgentProven(task));
    }
    if (!task.isProven()) {
      throw Refused.forbidden(
          "that is not enough for this task: " + task.neededProof().word() + " is needed",
          rule(task),
          "send a JWT-SVID of the agent as svid");
    }
    JsonBytes json = new JsonBytes(256).beginObject();
    json.name("id").text(task.id().text());
    json.name("agent").text(task.agent());
    json.name("agent_proof").text(task.agentProof().word());
    return Answer.json(200, json.endObject());
  }

  private AgentProof bySvid(Task task, String svid) {
    return switch (needs.svids().check(svid)) {
      case JwtSvids.Answer.Subject(String id) when id.equals(task.agent()) -> AgentProof.SVID;
      case JwtSvids.Answer.Subject(String id) ->
          throw Refused.forbidden(
              "the JWT-SVID is another agent's than the one that the task was delegated to",
              rule(task),
              "");
      case JwtSvids.Answer.Invalid() ->
          throw new Refused(
              Problem.UNAUTHORIZED,
              Problem.UNAUTHORIZED.status(),
              "the JWT-SVID is not valid here",
              rule(task),
              "its audience must be the sidecar's own SPIFFE ID, and its time not over");
      case JwtSvids.Answer.Unavailable(String why) ->
          throw new Refused(Problem.IDENTITY_UNAVAILABLE, why);
    };
  }

  private static AgentProof byUid(Task task, Optional<String> agent) {
    if (agent.filter(task.agent()::equals).isEmpty()) {
      throw Refused.forbidden(
          "no SVID was sent, and the caller's uid is not one of the task's agent",
          rule(task),
          "send a JWT-SVID of the agent as svid, or call over control.socket under a uid whose"
              + " entry in control.callers names the agent");
    }
    return AgentProof.UID;
  }

  private static String rule(Task task) {
    return "tasks." + task.kind().name() + ".agent-proof";
  }
}
