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
    assertEquals(
        List.of("interception"),
        fixed(
            "runtime-dir: /run/leasehold",
            "runtime-dir: /run/leasehold\ninterception: {sign: pki/root/sign-intermediate}"));
    assertEquals(List.of("identity"), fixed("leasehold/buyer\n", "leasehold/seller\n"));
    assertEquals(
        List.of("tasks.*.ttl (longer than any before)"), fixed("    ttl: 10m", "    ttl: 20m"));
    assertEquals(List.of(), fixed("    ttl: 10m", "    ttl: 9m"));
  }

  @Test
  void fixedAddressThatComesChangesOrGoesIsOnlyReadAtStart() {
    // Given
    String key = "destinations.broker-api.endpoint";
    String url = "    url: https://rabbit.internal:15671\n";
    String one = Sample.with(url, url + "    endpoint: 127.0.0.1:15990\n");
    String other = Sample.with(url, url + "    endpoint: 127.0.0.1:15991\n");
    Configuration with = Sample.loaded(one);

    // Then
    assertEquals(List.of(key), before.nonReloadable(with));
    assertEquals(List.of(key), with.nonReloadable(Sample.loaded(other)));
    assertEquals(List.of(key), with.nonReloadable(before));
    assertEquals(List.of(), with.nonReloadable(Sample.loaded("# a word\n" + one)));
  }

  @Test
  void destinationMayComeAndGoUnlessItBringsAFixedAddress() {
    // Given
    String without = Sample.text();
    String plain = withShop("");
    String fixed = withShop("    endpoint: 127.0.0.1:15990\n");

    // Then
    assertEquals(List.of(), nonReloadable(without, plain));
    assertEquals(List.of("destinations.shop.endpoint"), nonReloadable(without, fixed));
    assertEquals(List.of(), nonReloadable(fixed, without), "taking away is never refused");
  }

  private static String withShop(String endpoint) {
    String listed = Sample.with("destinations: [broker-api", "destinations: [shop, broker-api");
    return Sample.replace(
        listed,
        "\n  broker-api:\n",
        "\n  shop:\n    url: https://shop.example\n"
            + endpoint
            + "    allow: [{methods: [GET]}]\n"
            + "  broker-api:\n");
  }

  private static List<String> nonReloadable(String yaml, String next) {
    return Sample.loaded(yaml).nonReloadable(Sample.loaded(next));
  }

  private List<String> fixed(String piece, String other) {
    return before.nonReloadable(Sample.loaded(Sample.with(piece, other)));
  }
}
