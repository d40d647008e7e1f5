package dev.leasehold.broker.config;

import dev.leasehold.broker.config.form.Key;
import dev.leasehold.broker.config.form.Located;
import dev.leasehold.broker.config.form.Reading;
import dev.leasehold.broker.config.form.Section;
import dev.leasehold.broker.config.keys.ControlKeys;
import dev.leasehold.broker.config.keys.IdentityKeys;
import dev.leasehold.broker.config.keys.RootKeys;
import dev.leasehold.broker.config.keys.TaskKeys;
import dev.leasehold.broker.control.Caller.Right;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** Who may use the task API: nobody by accident, and nobody who could take what they may not. */
final class CallerChecks {
  private final Document document;
  private final Reading reading;
  private final OptionalInt ownUid;
  private final Map<Object, String> known = new HashMap<>();

  private CallerChecks(Document document, Reading reading, OptionalInt ownUid) {
    this.document = document;
    this.reading = reading;
    this.ownUid = ownUid;
  }

  static void run(Document document, Reading reading, OptionalInt ownUid) {
    document
        .root()
        .find(RootKeys.CONTROL)
        .ifPresent(control -> new CallerChecks(document, reading, ownUid).control(control));
  }

  private void control(Section control) {
    if (!control.isWritten(ControlKeys.SOCKET) && !control.isWritten(ControlKeys.ADDRESS)) {
      reading.error(control.path(), control.line(), "needs socket or address, or both");
    }
    control
        .located(ControlKeys.ADDRESS)
        .filter(address -> !address.value().isLocal())
        .ifPresent(
            address -> reading.error(address.path(), address.line(), "must be a loopback address"));
    for (Section caller : document.callers()) {
      listener(control, caller, ControlKeys.UID, ControlKeys.SOCKET);
      listener(control, caller, ControlKeys.TOKEN_FILE, ControlKeys.ADDRESS);
      once(caller, ControlKeys.UID);
      once(caller, ControlKeys.TOKEN_FILE);
      once(caller, ControlKeys.SVID);
      ownAgent(caller);
      rights(caller);
      caller
          .located(ControlKeys.UID)
          .ifPresent(uid -> OwnUidCheck.run(uid, ownUid, document, reading));
    }
    sharedIdentity(control);
  }

  /** Each way of being known has a listener of its own. */
  private void listener(Section control, Section caller, Key<?> who, Key<?> listener) {
    if (caller.isWritten(who) && !control.isWritten(listener)) {
      reading.error(
          caller.pathOf(who),
          caller.lineOf(who),
          "is of no use without " + control.pathOf(listener));
    }
  }

  /** An SVID is the agent's own identity: it can stand for no other. */
  private void ownAgent(Section caller) {
    caller
        .located(ControlKeys.AGENT)
        .filter(
            agent ->
                caller.find(ControlKeys.SVID).filter(id -> !id.equals(agent.value())).isPresent())
        .ifPresent(
            agent ->
                reading.error(
                    agent.path(), agent.line(), "must be the caller's svid, or be left out"));
  }

  private <T> void once(Section caller, Key<T> who) {
    caller
        .located(who)
        .ifPresent(
            found -> {
              String first = known.putIfAbsent(found.value(), found.path());
              if (first != null) {
                reading.error(found.path(), found.line(), "is the same as " + first);
              }
            });
  }

  private void rights(Section caller) {
    Optional<List<Located<Right>>> may = caller.find(ControlKeys.MAY);
    if (may.isEmpty()) {
      return;
    }
    List<Right> rights = Document.values(caller, ControlKeys.MAY);
    if (rights.contains(Right.OPEN)) {
      if (!caller.isWritten(ControlKeys.SVID)) {
        require(caller, ControlKeys.AGENT);
      }
      if (!rights.contains(Right.OPERATE)) {
        require(caller, ControlKeys.KINDS);
      }
    } else if (caller.isWritten(ControlKeys.KINDS)) {
      reading.error(
          caller.pathOf(ControlKeys.KINDS),
          caller.lineOf(ControlKeys.KINDS),
          "belongs to callers that may open");
    }
    caller
        .find(ControlKeys.AGENT)
        .or(() -> caller.find(ControlKeys.SVID))
        .ifPresent(
            agent -> {
              for (Located<String> kind : Document.located(caller, ControlKeys.KINDS)) {
                agentOf(kind, agent);
              }
            });
  }

  private void require(Section caller, Key<?> key) {
    if (!caller.isWritten(key)) {
      reading.error(caller.pathOf(key), caller.line(), "is required for a caller that may open");
    }
  }

  private void agentOf(Located<String> kind, String agent) {
    Section section = document.kinds().get(kind.value());
    if (section == null
        || section.find(TaskKeys.AGENTS).isEmpty()
        || reading.isReportedWithin(section.pathOf(TaskKeys.AGENTS))) {
      return;
    }
    if (!Document.values(section, TaskKeys.AGENTS).contains(agent)) {
      reading.error(
          kind.path(),
          kind.line(),
          "the caller's agent is not among " + section.pathOf(TaskKeys.AGENTS));
    }
  }

  private void sharedIdentity(Section control) {
    Optional<String> own =
        document
            .root()
            .find(RootKeys.IDENTITY)
            .flatMap(identity -> identity.find(IdentityKeys.SPIFFE_ID));
    if (own.isEmpty() || control.isOn(ControlKeys.UNSAFE_SHARED_IDENTITY)) {
      return;
    }
    for (Section caller : document.callers()) {
      caller.located(ControlKeys.AGENT).ifPresent(agent -> shared(agent, own.get()));
      caller.located(ControlKeys.SVID).ifPresent(svid -> shared(svid, own.get()));
    }
    for (Section kind : document.kinds().values()) {
      Document.located(kind, TaskKeys.AGENTS).forEach(agent -> shared(agent, own.get()));
    }
  }

  private void shared(Located<String> agent, String own) {
    if (agent.value().equals(own)) {
      reading.error(
          agent.path(),
          agent.line(),
          "is the sidecar's own SPIFFE ID, by which the agent could log in to Vault itself; give it"
              + " another one, or set control.unsafe-shared-identity");
    }
  }
}
