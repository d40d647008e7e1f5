package dev.leasehold.broker.upstream;

import dev.leasehold.broker.destination.AddressRange;
import dev.leasehold.broker.destination.Destination;
import dev.leasehold.broker.destination.Target;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;

/**
 * Looks at every address that a name led to. One that may not be dialled refuses the whole name, so
 * that an answer with a good and a bad address gains nothing.
 */
final class AddressGuard {
  private final OwnAddresses own;

  AddressGuard(OwnAddresses own) {
    this.own = own;
  }

  /** Why none of the addresses may be dialled for {@code destination}; empty when all may. */
  Optional<String> refusal(Destination destination, List<InetAddress> addresses) {
    for (InetAddress address : addresses) {
      String refusal = refusal(destination, address);
      if (!refusal.isEmpty()) {
        return Optional.of(refusal);
      }
    }
    return Optional.empty();
  }

  private String refusal(Destination destination, InetAddress address) {
    if (own.isListener(address, destination.target().port())) {
      return "the destination leads back to Leasehold itself";
    }
    if (!isListed(destination, address)) {
      String special = SpecialAddresses.describe(address);
      if (special != null) {
        return "the destination's name leads to an address that is not public ("
            + special
            + "); addresses: of the destination permits it";
      }
      if (own.isInterface(address)) {
        return "the destination's name leads to an address of this machine; addresses: of the"
            + " destination permits it";
      }
    }
    boolean inTheClear =
        destination.target().scheme() == Target.Scheme.HTTP && destination.credential().isPresent();
    if (inTheClear && !address.isLoopbackAddress() && !destination.unsafePlaintext()) {
      return "a credential goes over http:// to a loopback address only; unsafe-plaintext permits"
          + " others";
    }
    return "";
  }

  private static boolean isListed(Destination destination, InetAddress address) {
    for (AddressRange range : destination.addresses()) {
      if (range.contains(address)) {
        return true;
      }
    }
    return false;
  }
}
