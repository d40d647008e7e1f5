/** Puts leased secrets into outbound calls, as bytes and last of all. */
@org.jspecify.annotations.NullMarked
package dev.leasehold.broker.inject;
