/** Leases: what was issued with which token, until when, and its revocation, asked or queued. */
@org.jspecify.annotations.NullMarked
package dev.leasehold.testbed.vault.lease;
