/** Promises of identity and of the Vault store, each against real servers where there are any. */
@org.jspecify.annotations.NullMarked
package dev.leasehold.suite.vault;
