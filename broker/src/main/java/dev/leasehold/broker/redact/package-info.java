/** Takes leased secrets out of what comes back to agents. */
@org.jspecify.annotations.NullMarked
package dev.leasehold.broker.redact;
