package dev.leasehold.broker.control;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;

/** The calls of the API, each with the class that answers it. Blocks; on virtual threads. */
final class Api {
  private final OpenTask openTask;
  private final DelegateTask delegateTask;
  private final GrantTask grantTask;
  private final ProveAgent proveAgent;
  private final EndTask endTask;
  private final TaskReads taskReads;
  private final EventSignals eventSignals;
  private final KillSwitch killSwitch;
  private final AccessView accessView;
  private final ApprovalCalls approvalCalls;
  private final BreakGlassCalls breakGlassCalls;
  private final byte[] openApi = openApi();

  Api(ControlNeeds needs, IdempotencyKeys keys) {
    Admission admission = new Admission(needs, keys);
    this.openTask = new OpenTask(needs, admission);
    this.delegateTask = new DelegateTask(needs, admission);
    this.grantTask = new GrantTask(needs, admission);
    this.proveAgent = new ProveAgent(needs);
    this.endTask = new EndTask(needs);
    this.taskReads = new TaskReads(needs);
    this.eventSignals = new EventSignals(needs);
    this.killSwitch = new KillSwitch(needs);
    this.accessView = new AccessView(needs);
    this.breakGlassCalls = new BreakGlassCalls(needs);
    this.approvalCalls = new ApprovalCalls(needs);
  }

  /**
   * @param config the one in force
   * @throws Refused when the answer is a problem
   */
  Answer answer(Route route, ApiCall call, ControlConfig config) {
    return switch (route) {
      case OPEN ->
          call.principal() instanceof Principal.TaskHolder holder
              ? delegateTask.answer(call, holder.task())
              : openTask.answer(call);
      case GRANT -> grantTask.answer(call);
      case PROVE -> proveAgent.answer(call);
      case LIST -> taskReads.list(call);
      case SHOW -> taskReads.show(call);
      case SIGNAL -> endTask.answer(call);
      case EVENTS -> eventSignals.answer(call, config.events());
      case REVOKE_ALL -> killSwitch.engage(call);
      case UNLOCK -> killSwitch.release(call);
      case ACCESS -> accessView.answer(call, config.callers());
      case APPROVALS -> approvalCalls.list(call);
      case APPROVAL -> approvalCalls.show(call);
      case DECIDE -> approvalCalls.decide(call);
      case BREAK_GLASSES -> breakGlassCalls.list(call);
      case BREAK_GLASS -> breakGlassCalls.show(call);
      case BREAK -> breakGlassCalls.open(call);
      case CONFIRM -> breakGlassCalls.confirm(call);
      case MEND -> breakGlassCalls.end(call);
      case OPENAPI -> Answer.json(200, Map.of(), openApi);
    };
  }

  private static byte[] openApi() {
    try (InputStream resource = Api.class.getResourceAsStream("openapi.json")) {
      if (resource == null) {
        throw new IllegalStateException("openapi.json is missing from the jar");
      }
      return resource.readAllBytes();
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }
}
