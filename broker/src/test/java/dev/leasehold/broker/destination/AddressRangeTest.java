package dev.leasehold.broker.destination;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class AddressRangeTest {
  @ParameterizedTest
  @CsvSource({
    "10.0.0.0/8, 10.0.0.0, true",
    "10.0.0.0/8, 10.255.255.255, true",
    "10.0.0.0/8, 11.0.0.0, false",
    "10.0.0.0/8, 9.255.255.255, false",
    "192.0.2.7, 192.0.2.7, true",
    "192.0.2.7, 192.0.2.6, false",
    "192.0.2.6/31, 192.0.2.7, true",
    "0.0.0.0/0, 255.255.255.255, true",
    "0.0.0.0/0, ::1, false",
    "::/0, 10.0.0.1, false",
    "::/0, ff02::1, true",
    "fd00::/8, fdff::1, true",
    "fd00::/8, fe00::1, false",
    "2001:db8::1, 2001:db8::1, true",
    "2001:db8::1, 2001:db8::2, false"
  })
  void rangeHoldsItsOwnAddressesAndNoOthers(String range, String address, boolean within) {
    assertEquals(within, AddressRange.parse(range).contains(InetAddress.ofLiteral(address)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/8",
        "10.0.0.0/",
        "10.0.0.0/33",
        "10.0.0.0/-1",
        "10.0.0.0/+8",
        "10.0.0.0/8/8",
        "10.0.0.0/8 ",
        " 10.0.0.0/8",
        "10.0.0.0/\u0668",
        "10.0.0.1/8",
        "10.0.0.0/255.0.0.0",
        "10",
        "10/8",
        "10.0/16",
        "127.1",
        "0x7f.0.0.1",
        "010.0.0.1",
        "256.0.0.1",
        "1.2.3.4.5",
        "2130706433",
        "localhost",
        "::1%lo",
        "fe80::1%1",
        "[::1]",
        "::/129",
        "fd00::1/8",
        "1:2:3",
        ":::",
        "g::"
      })
  void whatIsNotExactlyARangeIsRefused(String text) {
    assertThrows(IllegalArgumentException.class, () -> AddressRange.parse(text));
  }

  @Test
  void equalRangesAreEqualHoweverTheyAreWritten() {
    assertEquals(AddressRange.parse("fd00::/8"), AddressRange.parse("FD00:0::/8"));
    assertEquals(
        AddressRange.parse("fd00::/8").hashCode(), AddressRange.parse("FD00:0::/8").hashCode());
    assertEquals(AddressRange.parse("10.0.0.1"), AddressRange.parse("10.0.0.1/32"));
    assertNotEquals(AddressRange.parse("10.0.0.0/8"), AddressRange.parse("10.0.0.0/9"));
    assertNotEquals(AddressRange.parse("0.0.0.0/0"), AddressRange.parse("::/0"));
  }

  @Test
  void containsAgreesWithArithmetic() throws UnknownHostException {
    Random random = new Random(20_264);
    int within = 0;
    for (int round = 0; round < 20_000; round++) {
      // Given
      byte[] address = new byte[random.nextBoolean() ? 4 : 16];
      int bits = address.length * 8;
      int prefix = random.nextInt(bits + 1);
      random.nextBytes(address);
      BigInteger network =
          new BigInteger(1, address).shiftRight(bits - prefix).shiftLeft(bits - prefix);
      BigInteger other = network.xor(new BigInteger(bits, random).shiftRight(random.nextInt(bits)));
      InetAddress base = InetAddress.getByAddress(bytes(network, address.length));
      InetAddress asked = InetAddress.getByAddress(bytes(other, address.length));
      if (base.getAddress().length != address.length
          || asked.getAddress().length != address.length) {
        continue; // an IPv4-mapped address is an IPv4 address to Java
      }

      // When
      boolean contains = AddressRange.parse(base.getHostAddress() + "/" + prefix).contains(asked);

      // Then
      boolean expected = other.shiftRight(bits - prefix).equals(network.shiftRight(bits - prefix));
      assertEquals(expected, contains, base + "/" + prefix + " " + asked);
      within += contains ? 1 : 0;
    }
    assertTrue(within > 1000, "within " + within);
    assertFalse(within > 19_000, "within " + within);
  }

  private static byte[] bytes(BigInteger value, int length) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[length - 1 - i] = value.shiftRight(8 * i).byteValue();
    }
    return bytes;
  }
}
