package dev.leasehold.broker.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ChangesTest {
  private final Configuration before = Sample.loaded(Sample.text());

  @Test
  void whatTouchesAKindEndsItsTasks() {
    for (String yaml :
        List.of(
            Sample.with("max-open: 20", "max-open: 19"),
            Sample.with("    idle: 2m", "    idle: 1m"),
            Sample.with("methods: [POST]", "methods: [PUT]"),
            Sample.with("rabbitmq/creds/publisher", "rabbitmq/creds/reader"),
            Sample.with("inject: {basic:", "inject: {basic: ")
                .replace("{username}", "u-{username}"),
            Sample.with("owner: payments-team", "owner: others"))) {
      // When
      Configuration after = Sample.loaded(yaml);

      // Then
      assertEquals(Set.of("restock"), before.changedKinds(after), yaml);
      assertEquals(List.of(), before.nonReloadable(after), yaml);
    }
  }

  @Test
  void whatIsTheSameEndsNothing() {
    // When
    Configuration after = Sample.loaded("# a word\n" + Sample.text());

    // Then
    assertEquals(Set.of(), before.changedKinds(after));
    assertEquals(List.of(), before.nonReloadable(after));
  }

  @Test
  void whatIsOnlyReadAtStartIsNamed() {
    assertEquals(
        List.of("vault"), fixed("https://vault.internal:8200", "https://other.internal:8200"));
    assertEquals(List.of("listen.proxy"), fixed("127.0.0.1:15080", "127.0.0.1:15081"));
    assertEquals(List.of("listen.admin"), fixed("0.0.0.0:15090", "127.0.0.1:15090"));
    assertEquals(List.of("control"), fixed("{uid: 0, may", "{uid: 2, may"));
    assertEquals(List.of("audit"), fixed("fsync: 100ms", "fsync: always"));
    assertEquals(List.of("state-dir"), fixed("state-dir: /var/lib", "state-dir: /srv"));
    assertEquals(List.of("identity"), fixed("leasehold/buyer\n", "leasehold/seller\n"));
    assertEquals(
        List.of("tasks.*.ttl (longer than any before)"), fixed("    ttl: 10m", "    ttl: 20m"));
    assertEquals(List.of(), fixed("    ttl: 10m", "    ttl: 9m"));
  }

  private List<String> fixed(String piece, String other) {
    return before.nonReloadable(Sample.loaded(Sample.with(piece, other)));
  }
}
