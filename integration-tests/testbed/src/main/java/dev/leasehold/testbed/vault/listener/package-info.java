/** The stand-in's HTTPS listener, and the ways in which it can be made to misbehave. */
@org.jspecify.annotations.NullMarked
package dev.leasehold.testbed.vault.listener;
