/** Policies: their text, the rules they hold, and what a set of them allows. */
@org.jspecify.annotations.NullMarked
package dev.leasehold.testbed.vault.policy;
