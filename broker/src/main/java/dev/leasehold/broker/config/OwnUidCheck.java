package dev.leasehold.broker.config;

import dev.leasehold.broker.config.form.Located;
import dev.leasehold.broker.config.form.Reading;
import dev.leasehold.broker.config.keys.ControlKeys;
import dev.leasehold.broker.config.keys.RootKeys;
import java.util.OptionalInt;

/**
 * No agent has the sidecar's own uid. Root checks a configuration for a sidecar that will have a
 * uid of its own, and can read every memory anyway: for root it is a warning, and who has it is
 * refused when the sidecar runs.
 */
final class OwnUidCheck {
  private OwnUidCheck() {}

  static void run(Located<Integer> uid, OptionalInt ownUid, Document document, Reading reading) {
    boolean same = ownUid.isPresent() && ownUid.getAsInt() == uid.value();
    boolean permitted =
        document
            .root()
            .find(RootKeys.CONTROL)
            .filter(control -> control.isOn(ControlKeys.UNSAFE_SAME_UID))
            .isPresent();
    if (!same || permitted) {
      return;
    }
    if (uid.value() == 0) {
      reading.warning(
          uid.path(), uid.line(), "is not served by a sidecar that runs as root itself");
    } else {
      reading.error(
          uid.path(),
          uid.line(),
          "is the sidecar's own uid, which could read its memory; give one of them"
              + " another uid, or set control.unsafe-same-uid");
    }
  }
}
