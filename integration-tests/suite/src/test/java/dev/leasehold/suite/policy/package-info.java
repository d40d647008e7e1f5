/** What policy engines decide, those within the sidecar and real ones beside it. */
@NullMarked
package dev.leasehold.suite.policy;

import org.jspecify.annotations.NullMarked;
