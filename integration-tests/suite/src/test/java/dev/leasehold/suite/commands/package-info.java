/** Commands that need no sidecar: check, vault's set-up, audit verify. */
@org.jspecify.annotations.NullMarked
package dev.leasehold.suite.commands;
