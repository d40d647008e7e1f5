/** Commands that need the trust domain and no sidecar: check, and vault's set-up. */
@org.jspecify.annotations.NullMarked
package dev.leasehold.suite.commands;
