package dev.leasehold.broker.control;

import dev.leasehold.broker.control.JsonValue.JsonObject;
import dev.leasehold.broker.control.JsonValue.JsonText;
import dev.leasehold.broker.task.Task;
import dev.leasehold.broker.task.TaskId;
import dev.leasehold.broker.telemetry.JsonBytes;
import dev.leasehold.broker.telemetry.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Ends tasks by CloudEvents, as the configuration's mappings say. An event that no mapping knows is
 * taken and ignored: its sender sends to many, and would only send it again. Ending is idempotent,
 * so an event that comes twice does no harm.
 */
final class EventSignals {
  private final ControlNeeds needs;

  EventSignals(ControlNeeds needs) {
    this.needs = needs;
  }

  private record Hit(Task task, EventMapping mapping) {}

  Answer answer(ApiCall call, List<EventMapping> mappings) {
    if (call.principal() instanceof Principal.Known) {
      call.principal().requireOperate();
    }
    if (mappings.isEmpty()) {
      throw new Refused(
          Problem.NOT_FOUND,
          404,
          "no event is mapped to a signal here",
          "events",
          "list the event's type under events in the configuration");
    }
    List<JsonObject> events = CloudEvents.read(call.mediaType(), call.headers(), call.body());
    List<Hit> hits = new ArrayList<>();
    int ignored = 0;
    for (JsonObject event : events) { // all of a batch is checked before any of it acts
      Optional<EventMapping> mapping =
          mappings.stream().filter(one -> one.type().equals(CloudEvents.type(event))).findFirst();
      if (mapping.isPresent()) {
        hits.add(new Hit(task(call, event, mapping.get()), mapping.get()));
      } else {
        ignored++;
      }
    }
    JsonBytes json = new JsonBytes(256);
    json.beginObject().name("signalled").beginArray();
    for (Hit hit : hits) {
      needs.ends().end(hit.task(), hit.mapping().signal(), "event " + hit.mapping().type());
      json.text(hit.task().id().text());
    }
    json.endArray().name("ignored").number(ignored).endObject();
    return Answer.json(202, json);
  }

  private Task task(ApiCall call, JsonObject event, EventMapping mapping) {
    return JsonPointer.find(event, mapping.task())
        .filter(JsonText.class::isInstance)
        .flatMap(value -> TaskId.parse(((JsonText) value).text()))
        .flatMap(needs.tasks()::find)
        .filter(call.principal()::maySee)
        .orElseThrow(Refused::noSuchTask);
  }
}
