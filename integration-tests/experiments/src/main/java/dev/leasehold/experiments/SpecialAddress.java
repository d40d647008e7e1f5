package dev.leasehold.experiments;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Addresses that no name may lead to, and the spellings by which filters have been deceived. */
final class SpecialAddress {
  private static final List<String> VERSION_4 =
      List.of(
          "0.0.0.0",
          "0.1.2.3",
          "10.0.0.1",
          "10.255.255.254",
          "100.64.0.1",
          "100.100.100.200",
          "100.127.255.254",
          "127.0.0.1",
          "127.0.0.53",
          "127.1.2.3",
          "127.255.255.254",
          "168.63.129.16",
          "169.254.0.1",
          "169.254.169.254",
          "169.254.170.2",
          "172.16.0.1",
          "172.31.255.254",
          "192.0.0.1",
          "192.0.0.192",
          "192.0.2.1",
          "192.88.99.1",
          "192.168.0.1",
          "192.168.255.254",
          "198.18.0.1",
          "198.19.255.254",
          "198.51.100.1",
          "203.0.113.1",
          "224.0.0.1",
          "239.255.255.255",
          "240.0.0.1",
          "255.255.255.255");

  private static final List<String> VERSION_6 =
      List.of(
          "::",
          "::1",
          "::2",
          "::127.0.0.1",
          "::ffff:0:127.0.0.1",
          "64:ff9b::7f00:1",
          "64:ff9b::a9fe:a9fe",
          "64:ff9b:1::1",
          "100::1",
          "2001::1",
          "2001:0:7f00:1::",
          "2001:2::1",
          "2001:10::1",
          "2001:20::1",
          "2001:db8::1",
          "2002:7f00:1::",
          "2002:a9fe:a9fe::1",
          "2002:a00:1::",
          "3fff::1",
          "5f00::1",
          "4000::1",
          "fc00::1",
          "fd00:ec2::254",
          "fdff::1",
          "fe80::1",
          "fec0::1",
          "ff02::1",
          "ff05::2");

  private SpecialAddress() {}

  /** As a name server gives them, the IPv4-mapped ones included. */
  static List<byte[]> records() throws UnknownHostException {
    List<byte[]> records = new ArrayList<>();
    for (String text : VERSION_4) {
      byte[] four = InetAddress.ofLiteral(text).getAddress();
      records.add(four);
      byte[] mapped = new byte[16];
      mapped[10] = -1;
      mapped[11] = -1;
      System.arraycopy(four, 0, mapped, 12, 4);
      records.add(mapped);
    }
    for (String text : VERSION_6) {
      records.add(InetAddress.ofLiteral(text).getAddress());
    }
    return records;
  }

  /** As an attacker writes them where a host is expected. */
  static List<String> spellings() {
    List<String> all = new ArrayList<>();
    for (String text : VERSION_4) {
      all.addAll(spellings(text));
    }
    for (String text : VERSION_6) {
      all.addAll(
          List.of(
              "[" + text + "]",
              "[" + text.toUpperCase(Locale.ROOT) + "]",
              "[" + text + "%25lo]",
              "[[" + text + "]]",
              text));
    }
    all.addAll(
        List.of(
            "localhost",
            "LOCALHOST",
            "localhost.",
            "localhost.localdomain",
            "ip6-localhost",
            "metadata",
            "metadata.google.internal",
            "instance-data",
            "127.0.0.1.example.test",
            "loopback.example.test",
            "0",
            "127.1",
            "[::ffff:127.0.0.1]",
            "[0:0:0:0:0:0:0:1]"));
    return all;
  }

  private static List<String> spellings(String dotted) {
    byte[] bytes = InetAddress.ofLiteral(dotted).getAddress();
    int a = bytes[0] & 0xff;
    int b = bytes[1] & 0xff;
    int c = bytes[2] & 0xff;
    int d = bytes[3] & 0xff;
    long number = (long) a << 24 | b << 16 | c << 8 | d;
    return List.of(
        dotted,
        dotted + ".",
        Long.toString(number),
        "0x%08x".formatted(number),
        "0%o".formatted(number),
        "0x%x.0x%x.0x%x.0x%x".formatted(a, b, c, d),
        "0%o.0%o.0%o.0%o".formatted(a, b, c, d),
        "%d.%d.%d".formatted(a, b, c << 8 | d),
        "%d.%d".formatted(a, b << 16 | c << 8 | d),
        "%03d.%03d.%03d.%03d".formatted(a, b, c, d),
        "[::ffff:%s]".formatted(dotted),
        "[::%s]".formatted(dotted),
        "[64:ff9b::%s]".formatted(dotted),
        "[2002:%02x%02x:%02x%02x::]".formatted(a, b, c, d),
        "good.example.test@" + dotted,
        dotted + "#@good.example.test",
        dotted + "\\@good.example.test",
        dotted + "%00.example.test",
        dotted.replace('.', '\u00b7'),
        dotted + ".example.test");
  }
}
