/** The one adapter of the secret store: logins, the tokens below them, leases and their proof. */
@org.jspecify.annotations.NullMarked
package dev.leasehold.broker.vault;
