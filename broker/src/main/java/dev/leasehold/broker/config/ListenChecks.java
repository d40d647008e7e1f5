package dev.leasehold.broker.config;

import dev.leasehold.broker.config.form.Key;
import dev.leasehold.broker.config.form.Located;
import dev.leasehold.broker.config.form.Reading;
import dev.leasehold.broker.config.form.Section;
import dev.leasehold.broker.config.keys.ApprovalKeys;
import dev.leasehold.broker.config.keys.ControlKeys;
import dev.leasehold.broker.config.keys.DelegationKeys;
import dev.leasehold.broker.config.keys.DestinationKeys;
import dev.leasehold.broker.config.keys.ListenKeys;
import dev.leasehold.broker.config.keys.RootKeys;
import dev.leasehold.broker.proxy.ListenAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Every listener has an address of its own, and agents are served on this machine only. */
final class ListenChecks {
  private static final int LONGEST_SOCKET = 107; // sun_path, less its terminating zero

  private final Document document;
  private final Reading reading;
  private final Map<Object, String> taken = new HashMap<>();

  private ListenChecks(Document document, Reading reading) {
    this.document = document;
    this.reading = reading;
  }

  static void run(Document document, Reading reading) {
    new ListenChecks(document, reading).check();
  }

  private void check() {
    Optional<Section> listen = document.root().find(RootKeys.LISTEN);
    listen.ifPresent(section -> local(section, ListenKeys.PROXY));
    listen.ifPresent(section -> local(section, ListenKeys.DEFAULT_PROXY));
    take(listen, ListenKeys.PROXY);
    take(listen, ListenKeys.DEFAULT_PROXY);
    take(listen, ListenKeys.ADMIN);
    take(document.root().find(RootKeys.APPROVALS), ApprovalKeys.LISTEN);
    take(document.root().find(RootKeys.DELEGATION), DelegationKeys.LISTEN);
    Optional<Section> control = document.root().find(RootKeys.CONTROL);
    take(control, ControlKeys.ADDRESS);
    control
        .flatMap(section -> section.located(ControlKeys.SOCKET))
        .ifPresent(
            socket -> {
              take(new ListenAddressAt(socket.value(), socket.path(), socket.line()));
              length(socket);
            });
    for (Section destination : document.destinations().values()) {
      destination
          .located(DestinationKeys.ENDPOINT)
          .ifPresent(
              endpoint -> {
                if (!endpoint.value().isLocal()) {
                  reading.error(
                      endpoint.path(), endpoint.line(), "must be a loopback address or unix:");
                }
                take(endpoint.value(), endpoint.path(), endpoint.line());
              });
    }
  }

  private void local(Section listen, Key<ListenAddress> key) {
    boolean open = listen.isOn(ListenKeys.UNSAFE_LISTEN);
    listen
        .located(key)
        .filter(proxy -> !proxy.value().isLocal() && !open)
        .ifPresent(
            proxy ->
                reading.error(
                    proxy.path(),
                    proxy.line(),
                    "other machines could reach it; use loopback or unix:, or set"
                        + " listen.unsafe-listen"));
  }

  private void length(Located<Path> socket) {
    if (socket.value().toString().getBytes(StandardCharsets.UTF_8).length > LONGEST_SOCKET) {
      reading.error(
          socket.path(),
          socket.line(),
          "a socket's path may have " + LONGEST_SOCKET + " bytes at most");
    }
  }

  private <T extends ListenAddress> void take(Optional<Section> section, Key<T> key) {
    // A default counts as well: it is listened on all the same.
    section.ifPresent(
        found ->
            found
                .find(key)
                .ifPresent(address -> take(address, found.pathOf(key), found.lineOf(key))));
  }

  private void take(ListenAddress address, String path, int line) {
    switch (address) {
      case ListenAddress.Tcp tcp -> {
        if (tcp.address().getPort() != 0) {
          take(new ListenAddressAt(tcp.address(), path, line));
        }
      }
      case ListenAddress.Unix(Path socket) -> take(new ListenAddressAt(socket, path, line));
    }
  }

  private record ListenAddressAt(Object address, String path, int line) {}

  private void take(ListenAddressAt listener) {
    String first = taken.putIfAbsent(listener.address(), listener.path());
    if (first != null) {
      reading.error(listener.path(), listener.line(), "is the same address as " + first);
    }
  }
}
