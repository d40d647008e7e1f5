/** What crosses the wire of a Vault: requests, replies, refusals, and how their fields are read. */
@org.jspecify.annotations.NullMarked
package dev.leasehold.testbed.vault.wire;
