package dev.leasehold.broker.config;

import dev.leasehold.broker.config.form.Located;
import dev.leasehold.broker.config.form.Section;
import dev.leasehold.broker.config.keys.ControlKeys;
import dev.leasehold.broker.config.keys.RootKeys;
import dev.leasehold.broker.control.Caller;
import dev.leasehold.broker.control.Caller.Identification;
import dev.leasehold.broker.control.ControlConfig;
import dev.leasehold.broker.control.EventMapping;
import dev.leasehold.broker.proxy.ListenAddress;
import java.util.List;
import java.util.Set;

/** Makes the task API's record. */
final class Control {
  private Control() {}

  static ControlConfig of(Section root) {
    Section control = root.get(RootKeys.CONTROL);
    List<Caller> callers =
        control.get(ControlKeys.CALLERS).stream().map(Located::value).map(Control::caller).toList();
    List<EventMapping> events =
        Document.values(root, RootKeys.EVENTS).stream()
            .map(
                event ->
                    new EventMapping(
                        event.get(RootKeys.EVENT_TYPE),
                        event.get(RootKeys.EVENT_TASK),
                        event.get(RootKeys.EVENT_SIGNAL)))
            .toList();
    return new ControlConfig(
        control.find(ControlKeys.SOCKET),
        control.find(ControlKeys.ADDRESS).map(ListenAddress.Tcp::address),
        callers,
        events,
        control.isOn(ControlKeys.UNSAFE_SAME_UID));
  }

  private static Caller caller(Section caller) {
    Identification who =
        caller
            .find(ControlKeys.UID)
            .<Identification>map(Identification.Uid::new)
            .or(() -> caller.find(ControlKeys.SVID).map(Identification.Svid::new))
            .orElseGet(() -> new Identification.TokenFile(caller.get(ControlKeys.TOKEN_FILE)));
    return new Caller(
        who,
        caller.find(ControlKeys.AGENT).or(() -> caller.find(ControlKeys.SVID)),
        Set.copyOf(Document.values(caller, ControlKeys.MAY)),
        Set.copyOf(Document.values(caller, ControlKeys.KINDS)));
  }
}
