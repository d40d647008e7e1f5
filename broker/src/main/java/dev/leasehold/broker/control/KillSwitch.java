package dev.leasehold.broker.control;

import dev.leasehold.broker.lease.JournalException;
import dev.leasehold.broker.telemetry.JsonBytes;
import dev.leasehold.broker.telemetry.Problem;
import java.util.Optional;
import java.util.Set;

/** The calls of the kill switch: {@code revoke-all} and its release. For operators. */
final class KillSwitch {
  static final int MAX_REASON = 256;
  static final Set<String> FIELDS = Set.of("reason");

  private final ControlNeeds needs;

  KillSwitch(ControlNeeds needs) {
    this.needs = needs;
  }

  Answer engage(ApiCall call) {
    call.principal().requireOperate();
    String reason =
        new Fields(JsonReader.read(call.body()), FIELDS).requiredText("reason", MAX_REASON);
    try {
      needs.revokeAll().engage(reason);
    } catch (JournalException notKept) {
      throw new Refused(
          Problem.OVERLOADED,
          Problem.OVERLOADED.status(),
          "everything is fenced and locked, but the lock could not be written: a restart forgets"
              + " it",
          "",
          "see why the journal cannot be written, then call again");
    }
    return state(202);
  }

  Answer release(ApiCall call) {
    call.principal().requireOperate();
    try {
      needs.revokeAll().release();
    } catch (JournalException notKept) {
      throw new Refused(
          Problem.OVERLOADED, "the lock stays: its release could not be written to the journal");
    }
    return state(200);
  }

  private Answer state(int status) {
    Optional<String> reason = needs.revokeAll().locked();
    JsonBytes json = new JsonBytes(256);
    json.beginObject();
    json.name("locked").bool(reason.isPresent());
    reason.ifPresent(text -> json.name("reason").text(text));
    json.name("tasks_ending")
        .number(needs.tasks().open().stream().filter(t -> !t.isActive()).count());
    json.endObject();
    return Answer.json(status, json);
  }
}
