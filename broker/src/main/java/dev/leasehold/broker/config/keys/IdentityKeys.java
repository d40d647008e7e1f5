package dev.leasehold.broker.config.keys;

import dev.leasehold.broker.config.form.Key;
import dev.leasehold.broker.config.form.Section;
import java.net.URI;

/** {@code identity:} */
public final class IdentityKeys {
  public static final Key<URI> WORKLOAD_API =
      Key.required("workload-api", Values.WORKLOAD_API, "Where the SPIFFE Workload API is served.");
  public static final Key<String> SPIFFE_ID =
      Key.optional(
          "spiffe-id",
          Values.SPIFFE_ID,
          "Which SVID is the sidecar's when several are offered; may be left out when one is.");

  static final Section.Form FORM =
      Section.Form.of("the sidecar's identity", WORKLOAD_API, SPIFFE_ID);

  private IdentityKeys() {}
}
