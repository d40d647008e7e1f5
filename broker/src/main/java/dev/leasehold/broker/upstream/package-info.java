/**
 * Connections to targets: names looked up, addresses checked, certificates verified, pools kept.
 */
@org.jspecify.annotations.NullMarked
package dev.leasehold.broker.upstream;
