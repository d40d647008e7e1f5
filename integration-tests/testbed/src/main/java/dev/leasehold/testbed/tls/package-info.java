/** Certificates for upstreams, the good and the bad ones. */
@NullMarked
package dev.leasehold.testbed.tls;

import org.jspecify.annotations.NullMarked;
