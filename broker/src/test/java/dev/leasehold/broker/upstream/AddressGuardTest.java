package dev.leasehold.broker.upstream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.leasehold.broker.destination.Destination;
import dev.leasehold.broker.destination.Target.Scheme;
import dev.leasehold.broker.testing.Destinations;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class AddressGuardTest {
  private static final InetAddress PUBLIC = InetAddress.ofLiteral("93.184.215.14");

  private final OwnAddresses own = new OwnAddresses(System::nanoTime);
  private final AddressGuard guard = new AddressGuard(own);
  private final Destination api = Destinations.https("api", "api.example").allowAll().build();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0.0.0.0",
        "0.255.255.255", // this network
        "10.0.0.0",
        "10.255.255.255",
        "172.16.0.0",
        "172.31.255.255",
        "192.168.0.0",
        "192.168.255.255", // private
        "127.0.0.1",
        "127.255.255.254", // loopback
        "169.254.0.1",
        "169.254.169.254",
        "169.254.170.2", // link-local and metadata
        "168.63.129.16", // a cloud's own, though its number is public
        "100.64.0.0",
        "100.100.100.200",
        "100.127.255.255", // carrier-grade NAT
        "192.0.0.1",
        "192.0.0.192",
        "192.0.2.1",
        "198.18.0.1",
        "198.19.255.255",
        "198.51.100.1",
        "203.0.113.1",
        "192.88.99.1",
        "224.0.0.1",
        "239.255.255.255",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "fe80::1",
        "febf:ffff::1",
        "fec0::1", // local
        "fc00::1",
        "fd00:ec2::254",
        "fdff::1", // unique local, metadata among them
        "ff02::1",
        "100::1",
        "2001:db8::1",
        "3fff::1",
        "3fff:fff:ffff::1",
        "4000::1",
        "5f00::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::ffff:169.254.169.254", // mapped
        "::127.0.0.1",
        "::7f00:1",
        "::a00:1", // IPv4-compatible
        "::ffff:0:7f00:1",
        "::ffff:0:a9fe:a9fe", // translated
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b::808:808", // NAT64
        "64:ff9b:1::1",
        "64:ff9b:1:ffff::1",
        "2002:7f00:1::",
        "2002:a00:1::1",
        "2002:808:808::1", // 6to4
        "2001::1",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2", // Teredo
        "2001:10::1",
        "2001:20::1",
        "2001:1ff:ffff::1"
      })
  void addressThatIsNotPublicIsRefused(String address) {
    assertTrue(guard.refusal(api, List.of(InetAddress.ofLiteral(address))).isPresent());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1.1.1.1",
        "8.8.8.8",
        "9.255.255.255",
        "11.0.0.0",
        "100.63.255.255",
        "100.128.0.0",
        "126.255.255.255",
        "128.0.0.0",
        "169.253.255.255",
        "169.255.0.0",
        "172.15.255.255",
        "172.32.0.0",
        "192.0.1.0",
        "192.167.255.255",
        "192.169.0.0",
        "198.17.255.255",
        "198.20.0.0",
        "223.255.255.255",
        "2001:200::1",
        "2001:4860:4860::8888",
        "2003::1",
        "2606:4700::1111",
        "2a00::1",
        "3ffe::1",
        "::ffff:8.8.8.8"
      })
  void publicAddressIsNot(String address) {
    assertEquals(Optional.empty(), guard.refusal(api, List.of(InetAddress.ofLiteral(address))));
  }

  @Test
  void oneBadAddressRefusesTheWholeNameWhereverItStands() {
    // Given
    InetAddress bad = InetAddress.ofLiteral("169.254.169.254");

    // Then
    assertTrue(guard.refusal(api, List.of(bad, PUBLIC)).isPresent());
    assertTrue(guard.refusal(api, List.of(PUBLIC, bad)).isPresent());
    assertTrue(guard.refusal(api, List.of(PUBLIC, PUBLIC, bad, PUBLIC)).isPresent());
  }

  @Test
  void listedRangePermitsItsOwnAddressesOnly() {
    // Given
    Destination inside =
        Destinations.https("in", "in.example").addresses("10.1.0.0/16", "fd00:1::/32").build();

    // Then
    assertEquals(Optional.empty(), refusal(inside, "10.1.2.3"));
    assertEquals(Optional.empty(), refusal(inside, "fd00:1::5"));
    assertEquals(Optional.empty(), refusal(inside, "1.1.1.1"));
    assertTrue(refusal(inside, "10.2.0.1").isPresent());
    assertTrue(refusal(inside, "127.0.0.1").isPresent());
    // The same IPv4 address inside an IPv6 one is another way there, and not listed.
    assertTrue(refusal(inside, "64:ff9b::a01:203").isPresent());
    assertTrue(refusal(inside, "2002:a01:203::1").isPresent());
  }

  @Test
  void addressOfThisMachineIsRefusedHoweverPublic() throws SocketException {
    List<InetAddress> here =
        NetworkInterface.networkInterfaces().flatMap(NetworkInterface::inetAddresses).toList();
    assertTrue(!here.isEmpty());
    for (InetAddress address : here) {
      assertTrue(refusal(api, address.getHostAddress().replaceFirst("%.*", "")).isPresent());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1, 127.0.0.1",
    "0.0.0.0, 127.0.0.1",
    "0.0.0.0, 127.9.9.9",
    "127.0.0.1, 0.0.0.0",
    "::, ::1"
  })
  void ownListenerIsNoTargetEvenWhereItsAddressIsListed(String listening, String target) {
    // Given
    Destination self =
        Destinations.of("self", Scheme.HTTP, "self.example", 15_080)
            .addresses("0.0.0.0/0", "::/0")
            .build();
    InetSocketAddress listener = new InetSocketAddress(InetAddress.ofLiteral(listening), 15_080);
    own.addListener(listener);

    // When
    Optional<String> refused = refusal(self, target);
    own.removeListener(listener);
    Optional<String> after = refusal(self, target);

    // Then
    assertTrue(refused.orElse("").contains("Leasehold itself"), refused.toString());
    assertNotEquals(refused, after);
  }

  @Test
  void credentialGoesInTheClearToLoopbackOnly() {
    // Given
    Destinations plain =
        Destinations.http("plain", "plain.example").credential("key").addresses("0.0.0.0/0");

    // Then
    assertTrue(refusal(plain.build(), "10.0.0.1").orElse("").contains("unsafe-plaintext"));
    assertTrue(refusal(plain.build(), "1.1.1.1").orElse("").contains("unsafe-plaintext"));
    assertEquals(Optional.empty(), refusal(plain.build(), "127.0.0.1"));
    assertEquals(Optional.empty(), refusal(plain.unsafePlaintext().build(), "10.0.0.1"));
  }

  @Test
  void refusalSaysWhatKindOfAddressAndNeverWhich() {
    // When
    String refusal = refusal(api, "169.254.169.254").orElseThrow();

    // Then
    assertTrue(refusal.contains("metadata"), refusal);
    assertTrue(!refusal.contains("169.254"), refusal);
  }

  @Test
  void noIpv4AddressThatIsRefusedIsTakenInsideAnIpv6Address() throws UnknownHostException {
    Random random = new Random(20_270);
    byte[][] prefixes = {
      InetAddress.ofLiteral("64:ff9b::").getAddress(), InetAddress.ofLiteral("::").getAddress()
    };
    int refused = 0;
    for (int round = 0; round < 20_000; round++) {
      // Given
      byte[] four = new byte[4];
      random.nextBytes(four);
      InetAddress plain = InetAddress.getByAddress(four);
      boolean special = SpecialAddresses.describe(plain) != null;

      // Then
      byte[] mapped = new byte[16];
      mapped[10] = (byte) 0xff;
      mapped[11] = (byte) 0xff;
      System.arraycopy(four, 0, mapped, 12, 4);
      assertEquals(special, SpecialAddresses.describe(InetAddress.getByAddress(mapped)) != null);
      for (byte[] prefix : prefixes) {
        byte[] carrier = prefix.clone();
        System.arraycopy(four, 0, carrier, 12, 4);
        assertNotNullFor(carrier);
      }
      byte[] sixToFour = new byte[16];
      sixToFour[0] = 0x20;
      sixToFour[1] = 0x02;
      System.arraycopy(four, 0, sixToFour, 2, 4);
      assertNotNullFor(sixToFour);
      refused += special ? 1 : 0;
    }
    assertTrue(refused > 1000, "refused " + refused);
    assertNull(SpecialAddresses.describe(PUBLIC));
  }

  private static void assertNotNullFor(byte[] address) throws UnknownHostException {
    InetAddress carrier = InetAddress.getByAddress(address);
    assertTrue(SpecialAddresses.describe(carrier) != null, carrier.toString());
  }

  private Optional<String> refusal(Destination destination, String address) {
    return guard.refusal(destination, List.of(InetAddress.ofLiteral(address)));
  }
}
