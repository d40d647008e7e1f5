package dev.leasehold.suite.sidecar;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.leasehold.testbed.target.SeenRequest;
import java.util.Base64;

/** The user name and password of a Basic header, as an upstream got it. */
record Basic(String user, String password) {
  static Basic of(SeenRequest request) {
    String header = request.header("authorization");
    if (!header.startsWith("Basic ")) {
      throw new AssertionError("the upstream got no Basic credential");
    }
    String pair = new String(Base64.getDecoder().decode(header.substring(6)), UTF_8);
    int colon = pair.indexOf(':');
    return new Basic(pair.substring(0, colon), pair.substring(colon + 1));
  }
}
