package dev.leasehold.broker.ca;

import java.net.InetAddress;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;

/**
 * These hosts and no other. What name constraints do not speak of is allowed, so where there is no
 * name, one is permitted that does not exist, and where there is no address all are excluded. A
 * name stands for what is below it as well; X.509 cannot say otherwise.
 *
 * @param permittedNames DNS names
 * @param permittedRanges single addresses, each as a CIDR block
 * @param excludedRanges CIDR blocks
 */
public record Constraints(
    List<String> permittedNames, List<String> permittedRanges, List<String> excludedRanges) {
  private static final String NO_NAME = "leasehold.invalid"; // RFC 6761 §6.4

  public Constraints {
    permittedNames = List.copyOf(permittedNames);
    permittedRanges = List.copyOf(permittedRanges);
    excludedRanges = List.copyOf(excludedRanges);
  }

  static Constraints of(Collection<String> hosts) {
    List<String> names = hosts.stream().filter(host -> !Hosts.isAddress(host)).sorted().toList();
    List<String> four = ranges(hosts, 4);
    List<String> six = ranges(hosts, 16);
    return new Constraints(
        names.isEmpty() ? List.of(NO_NAME) : names,
        both(four, six),
        both(
            four.isEmpty() ? List.of("0.0.0.0/0") : List.of(),
            six.isEmpty() ? List.of("::/0") : List.of()));
  }

  private static List<String> ranges(Collection<String> hosts, int length) {
    return hosts.stream()
        .filter(Hosts::isAddress)
        .map(Hosts::address)
        .filter(address -> address.getAddress().length == length)
        .map(InetAddress::getHostAddress)
        .sorted()
        .map(address -> address + "/" + 8 * length)
        .toList();
  }

  private static List<String> both(List<String> one, List<String> other) {
    return Stream.concat(one.stream(), other.stream()).toList();
  }
}
